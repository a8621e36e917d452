{{ config(materialized='incremental', incremental_strategy='microbatch', event_time='at', batch_size='day', begin='2026-01-01', partition_by={'field': 'at', 'data_type': 'timestamp', 'granularity': 'day'}) }}
select 1 as id, current_timestamp() as at
