-- Net and gross retention of all customers and of each segment, weighted by ARR: percentages of single
-- customers are never averaged. A customer is in the segment that it had twelve months before.
with retention as (

    select * from {{ ref('mart_retention_parent_account') }}

),

customer_months as (

    select * from {{ ref('cs_customer_month') }}

),

segmented as (

    select
        retention.retention_month,
        retention.retention_fiscal_quarter_name_fy,
        customer_months.cs_segment,
        retention.prior_year_arr,
        retention.net_retention_arr,
        retention.gross_retention_arr
    from retention
    inner join customer_months
        on retention.ultimate_parent_account_id = customer_months.ultimate_parent_account_id
        and customer_months.arr_month = {{ add_months('retention.retention_month', -12) }}

),

with_total as (

    select * from segmented

    union all

    select
        retention_month,
        retention_fiscal_quarter_name_fy,
        'All',
        prior_year_arr,
        net_retention_arr,
        gross_retention_arr
    from segmented

),

summed as (

    select
        retention_month,
        cs_segment,
        retention_fiscal_quarter_name_fy is not null as is_last_month_of_quarter,
        cast(count(*) as integer) as prior_year_customer_count,
        cast(sum(case when net_retention_arr > 0 then 1 else 0 end) as integer) as retained_customer_count,
        cast(sum(prior_year_arr) as decimal(18,2)) as prior_year_arr,
        cast(sum(net_retention_arr) as decimal(18,2)) as net_retention_arr,
        cast(sum(gross_retention_arr) as decimal(18,2)) as gross_retention_arr
    from with_total
    group by
        retention_month,
        cs_segment,
        retention_fiscal_quarter_name_fy

),

rated as (

    select
        *,
        {{ rate('net_retention_arr', 'prior_year_arr') }} as net_retention_rate,
        {{ rate('gross_retention_arr', 'prior_year_arr') }} as gross_retention_rate
    from summed

),

final as (

    select
        this_month.retention_month,
        this_month.cs_segment,
        this_month.prior_year_customer_count,
        this_month.retained_customer_count,
        this_month.prior_year_arr,
        this_month.net_retention_arr,
        this_month.gross_retention_arr,
        this_month.net_retention_rate,
        this_month.gross_retention_rate,
        -- retention of a quarter is that of its last month, so growth is measured there alone
        case
            when this_month.is_last_month_of_quarter
                then cast(this_month.net_retention_rate - a_year_before.net_retention_rate as decimal(9,4))
        end as nrr_growth_yoy,
        case
            when this_month.is_last_month_of_quarter
                then cast(this_month.net_retention_rate - a_quarter_before.net_retention_rate as decimal(9,4))
        end as nrr_growth_qoq,
        {{ audit_columns(created='2021-06-01', updated='2021-08-01') }}
    from rated as this_month
    left join rated as a_year_before
        on this_month.cs_segment = a_year_before.cs_segment
        and a_year_before.retention_month = {{ add_months('this_month.retention_month', -12) }}
    left join rated as a_quarter_before
        on this_month.cs_segment = a_quarter_before.cs_segment
        and a_quarter_before.retention_month = {{ add_months('this_month.retention_month', -3) }}

)

select * from final
