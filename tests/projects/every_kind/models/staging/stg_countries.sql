{{ config(materialized='ephemeral', tags=['lookup']) }}
select code, country from {{ source('reference', 'countries') }}
-- depends_on: {{ ref('countries') }}
