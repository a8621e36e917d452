{{ config(materialized='table') }} select * from {{ ref('list') }}
