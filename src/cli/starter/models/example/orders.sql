-- One row for each order, with its types settled.
select
    cast(id as integer) as order_id,
    customer,
    cast(ordered_at as date) as ordered_at,
    cast(amount as decimal(18, 2)) as amount
from {{ ref('raw_orders') }}
