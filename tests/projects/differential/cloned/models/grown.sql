{{ config(materialized='incremental', unique_key='id', schema='more', alias='other name') }} select * from {{ ref('between') }}
