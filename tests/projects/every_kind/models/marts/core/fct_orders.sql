{{ config(
    materialized='incremental', unique_key='order_id', on_schema_change='append_new_columns',
    tags=['heavy'], meta={'priority': 1, 'owners': ['ada', 'bob'], 'sla': {'hours': 4}}
) }}
select order_id, customer_id, amount, status, ordered_at
from {{ ref('stg_orders') }}
{% if is_incremental() %}
where ordered_at > (select max(ordered_at) from {{ this }})
{% endif %}
