{{ config(
    materialized='ephemeral',
    meta={'step': 1},
    tags=['people'],
) }}
select 1 as id, 'a' as name from {{ source('raw', 'customers') }}
