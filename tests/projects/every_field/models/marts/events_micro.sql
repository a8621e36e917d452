{{ config(
    materialized='incremental',
    incremental_strategy='microbatch',
    event_time='loaded_at',
    begin='2024-01-01',
    batch_size='year',
    lookback=2,
    concurrent_batches=false,
) }}
select id, loaded_at from {{ ref('stg_orders') }}
