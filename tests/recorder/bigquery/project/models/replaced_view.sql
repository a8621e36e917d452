{{ config(materialized='table', sql_header='create temp function twice(x int64) as (x * 2);') }}
select twice(1) as id
