{{ config(materialized='incremental', incremental_strategy='replace_where', incremental_predicates=["name = 'a'", 'id > 0']) }}
select 1 as id, 'a' as name
