{{ config(materialized='incremental', incremental_strategy='insert_overwrite', partition_by={'field': 'day', 'data_type': 'date'}, partitions=['current_date()']) }}
select 1 as id, current_date() as day
