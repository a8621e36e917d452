select o.id, c.id as customer_id from {{ source('shop', 'orders') }} as o cross join {{ source('shop', 'customers') }} as c
