with arr as (

    select * from {{ ref('mart_arr') }}
    where {{ is_complete_month('arr_month') }}

),

crm_accounts as (

    select
        crm_account_id,
        ultimate_parent_account_segment
    from {{ ref('dim_crm_accounts') }}

),

dates as (

    select
        date_actual,
        first_day_of_fiscal_quarter
    from {{ ref('dim_dates') }}

),

thresholds as (

    select * from {{ ref('cs_segment_thresholds') }}

),

customer_months as (

    select
        ultimate_parent_account_id,
        arr_month,
        sum(arr) as arr,
        min(case when subscription_end_month > arr_month then subscription_end_month end) as next_renewal_month
    from arr
    group by
        ultimate_parent_account_id,
        arr_month
    having sum(arr) > 0

),

described as (

    select
        customer_months.ultimate_parent_account_id,
        customer_months.arr_month,
        customer_months.arr,
        crm_accounts.ultimate_parent_account_segment as sales_segment,
        min(customer_months.arr_month) over (
            partition by customer_months.ultimate_parent_account_id
        ) as first_arr_month,
        customer_months.next_renewal_month
    from customer_months
    left join crm_accounts
        on customer_months.ultimate_parent_account_id = crm_accounts.crm_account_id

),

-- The first segment, in order of priority, whose border the customer reaches.
first_matches as (

    select
        described.ultimate_parent_account_id,
        described.arr_month,
        min(thresholds.priority) as priority
    from described
    inner join thresholds
        on described.arr >= thresholds.min_arr
        and (
            thresholds.sales_segments is null
            or {{ list_holds('thresholds.sales_segments', 'described.sales_segment') }}
        )
    group by
        described.ultimate_parent_account_id,
        described.arr_month

),

final as (

    select
        described.ultimate_parent_account_id,
        described.arr_month,
        cast(described.arr as decimal(18,2)) as arr,
        described.sales_segment,
        thresholds.cs_segment,
        described.first_arr_month,
        dates.first_day_of_fiscal_quarter = first_dates.first_day_of_fiscal_quarter as is_net_new_in_quarter,
        described.next_renewal_month,
        {{ months_between('described.first_arr_month', 'described.arr_month') }} as months_since_start,
        {{ audit_columns(created='2021-06-01', updated='2021-08-01') }}
    from described
    inner join first_matches
        on described.ultimate_parent_account_id = first_matches.ultimate_parent_account_id
        and described.arr_month = first_matches.arr_month
    inner join thresholds
        on first_matches.priority = thresholds.priority
    inner join dates
        on described.arr_month = dates.date_actual
    inner join dates as first_dates
        on described.first_arr_month = first_dates.date_actual

)

select * from final
