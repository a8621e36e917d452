select
    id as order_id,
    customer_id,
    {{ cents_to_units('amount_cents') }} as amount,
    status,
    cast(ordered_at as timestamp) as ordered_at
from {{ source('shop', 'orders') }}
-- depends_on: {{ ref('orders') }}
