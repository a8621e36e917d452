{{ config(materialized='ephemeral') }}

-- The fiscal quarters for which customer-success metrics are shown: those that have ended, from the first
-- month with ARR on, with the quarter before each.
select
    fiscal_quarter_name_fy,
    first_day_of_quarter,
    last_month_of_quarter,
    last_day_of_quarter,
    {{ add_months('last_month_of_quarter', -3) }} as last_month_of_quarter_before,
    {{ add_months('(last_day_of_quarter + 1)', -12) }} - 1 as a_year_before
from {{ ref('complete_fiscal_quarters') }}
where last_month_of_quarter >= (select min(arr_month) from {{ ref('cs_customer_month') }})
