{{ config(materialized='ephemeral') }}

-- The fiscal quarters that have ended, with their last month and the same month a year before.
-- ARR is a stock: the ARR of a quarter is the ARR of its last month.
select
    dates.fiscal_quarter_name_fy,
    dates.first_day_of_fiscal_quarter as first_day_of_quarter,
    dates.date_actual as last_month_of_quarter,
    dates.last_day_of_fiscal_quarter as last_day_of_quarter,
    a_year_before.date_actual as last_month_a_year_before
from {{ ref('dim_dates') }} as dates
left join {{ ref('dim_dates') }} as a_year_before
    on a_year_before.date_actual = {{ add_months('dates.date_actual', -12) }}
where dates.is_first_day_of_last_month_of_fiscal_quarter
    and {{ is_complete_month('dates.date_actual') }}
