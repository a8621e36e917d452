{{ config(materialized=var('kind', 'view')) }}
select {{ var('day', 1) }} as id
