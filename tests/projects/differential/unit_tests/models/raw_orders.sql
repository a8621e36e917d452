{{ config(materialized='table') }}
select 1 as id, 10 as amount, date '2020-01-01' as day
