{{ config(materialized='incremental', incremental_strategy='insert_overwrite', partition_by=['name']) }}
select 1 as id, 'a' as name
