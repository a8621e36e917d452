{{ config(materialized='table') }}

select
    {{ dbt.date_trunc('month', 'ordered_at') }} as month,
    count(*) as orders,
    sum(amount) as amount
from {{ ref('orders') }}
group by 1
order by 1
