{{ config(materialized='table', partition_by={'field': 'id', 'data_type': 'int64', 'range': {'start': 0, 'end': 100, 'interval': 10}}) }}
select 1 as id
