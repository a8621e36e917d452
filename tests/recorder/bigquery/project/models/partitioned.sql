{{ config(materialized='table', partition_by={'field': 'day', 'data_type': 'date'}, cluster_by=['id', 'name'], require_partition_filter=true, partition_expiration_days=7) }}
select 1 as id, 'a' as name, current_date() as day
