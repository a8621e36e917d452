{{ config(materialized='incremental', unique_key='id', partition_by={'field': 'day', 'data_type': 'timestamp', 'granularity': 'hour', 'time_ingestion_partitioning': true}, require_partition_filter=true) }}
select 1 as id, current_timestamp() as day
