{{ config(group='finance', access='private', alias='monthly_revenue') }}
select date_trunc('month', ordered_at) as month, sum(amount) as revenue, '{{ var("currency") }}' as currency
from {{ ref('fct_orders') }}
where status = 'paid'
group by 1
