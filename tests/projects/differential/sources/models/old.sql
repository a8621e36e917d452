{{ config(materialized='table') }}
select * from {{ source('archive', 'old') }}
