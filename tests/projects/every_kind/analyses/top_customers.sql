{{ config(tags=['adhoc']) }}
select customer_id, sum(amount) as amount from {{ ref('fct_orders') }} group by 1 order by 2 desc
