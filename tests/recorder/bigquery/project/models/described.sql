{{ config(materialized='table') }}
select struct(1 as a) as nested
