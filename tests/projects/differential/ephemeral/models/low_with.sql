{{ config(materialized='ephemeral') }}
with x as (select * from {{ ref('low') }}), y as (select 1)
select x.* from x
