select id as order_id, 'fine' as note from {{ ref('orders') }}
