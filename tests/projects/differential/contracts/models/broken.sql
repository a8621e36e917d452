{{ config(materialized='table') }}
select {{ "'text'" if var('broken', false) else '1' }} as id
