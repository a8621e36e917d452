{{ config(materialized='incremental', incremental_strategy='append', unique_tmp_table_suffix=false) }}
select 1 as id, 'a' as name
