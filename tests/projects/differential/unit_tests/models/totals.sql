select day, sum(amount) * {{ var('rate', 1) }} as total, '{{ label() }}' as label from {{ ref('raw_orders') }} group by day
