{{ config(materialized='incremental', incremental_strategy='insert_overwrite', partition_by={'field': 'at', 'data_type': 'timestamp', 'granularity': 'hour'}) }}
select 1 as id, current_timestamp() as at
