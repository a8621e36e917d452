{{ config(materialized='incremental', incremental_strategy='insert_overwrite', partition_by={'field': 'day', 'data_type': 'date', 'copy_partitions': true}, partitions=["date '2026-01-01'"]) }}
select 1 as id, current_date() as day
