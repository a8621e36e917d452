{{ config(tags=['audit'], severity='warn') }}
select orders.order_id
from {{ ref('fct_orders') }} as orders
left join {{ ref('dim_customers') }} as customers using (customer_id)
where customers.customer_id is null
