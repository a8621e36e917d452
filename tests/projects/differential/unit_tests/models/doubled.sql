select sum(amount) as total from {{ ref('raw_orders') }}
