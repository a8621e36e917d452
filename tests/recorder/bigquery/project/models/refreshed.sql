{{ config(materialized='materialized_view') }}
select id, count(*) as n from {{ ref('plain') }} group by id
