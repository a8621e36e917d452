-- How long customers take to buy more: from the first month with ARR to the first month with more of it.
-- The customers who began in the current fiscal year are held against those who began in the year before.
with quarters as (

    select * from {{ ref('cs_quarters') }}

),

customers as (

    select * from {{ ref('cs_customer_quarter') }}
    where cs_segment = 'Digital-Touch'

),

customer_months as (

    select * from {{ ref('cs_customer_month') }}

),

target_rules as (

    select * from {{ ref('cs_metric_targets') }}
    where cs_segment = 'Digital-Touch'
        and metric = 'median_days_to_first_expansion'

),

-- The quarter that has just ended on the project's day, if it has.
current_quarter as (

    select
        *,
        {{ fiscal_year('last_month_of_quarter') }} as fiscal_year
    from quarters
    where last_day_of_quarter = {{ as_of_date() }} - 1

),

first_months as (

    select
        ultimate_parent_account_id,
        first_arr_month,
        arr as first_arr
    from customer_months
    where arr_month = first_arr_month

),

first_expansions as (

    select
        first_months.ultimate_parent_account_id,
        {{ fiscal_year('first_months.first_arr_month') }} as fiscal_year,
        min(customer_months.arr_month) - first_months.first_arr_month as days
    from first_months
    inner join customers
        on first_months.ultimate_parent_account_id = customers.ultimate_parent_account_id
    inner join current_quarter
        on customers.fiscal_quarter_name_fy = current_quarter.fiscal_quarter_name_fy
    inner join customer_months
        on first_months.ultimate_parent_account_id = customer_months.ultimate_parent_account_id
        and customer_months.arr > first_months.first_arr
    group by
        first_months.ultimate_parent_account_id,
        first_months.first_arr_month

),

medians as (

    select
        fiscal_year,
        percentile_cont(0.5) within group (order by days) as median_days
    from first_expansions
    group by fiscal_year

),

valued as (

    select
        current_quarter.fiscal_quarter_name_fy,
        target_rules.metric,
        coalesce(this_year.median_days, 0) as numerator,
        case when this_year.median_days is not null then 1 else 0 end as denominator,
        cast(cast(this_year.median_days as decimal(18,2)) as decimal(9,4)) as value,
        cast(cast(last_year.median_days as decimal(18,2)) as decimal(9,4)) as target,
        target_rules.direction,
        cast(cast(last_year.median_days as decimal(18,2)) as decimal(9,4)) as prior_quarter_value
    from current_quarter
    cross join target_rules
    left join medians as this_year
        on current_quarter.fiscal_year = this_year.fiscal_year
    left join medians as last_year
        on current_quarter.fiscal_year - 1 = last_year.fiscal_year

)

{{ cs_report_columns('valued', "'Digital-Touch'", "'Expand & Renew'") }}
