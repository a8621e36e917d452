{{ config(materialized='incremental') }}
select 1 as id from {{ ref('tested') }}
