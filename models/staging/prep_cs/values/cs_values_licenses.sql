with customers as (

    select * from {{ ref('cs_customer_quarter') }}

),

health as (

    select * from {{ ref('cs_license_health_month') }}

),

-- Customers who used too few seats when the quarter began.
low_at_start as (

    select
        customers.fiscal_quarter_name_fy,
        customers.cs_segment,
        case when at_end.color = 'green' then 1 else 0 end as is_saved
    from customers
    inner join health as at_start
        on customers.ultimate_parent_account_id = at_start.ultimate_parent_account_id
        and customers.first_day_of_quarter = at_start.snapshot_month
    left join health as at_end
        on customers.ultimate_parent_account_id = at_end.ultimate_parent_account_id
        and customers.last_month_of_quarter = at_end.snapshot_month
    where at_start.color in ('red', 'yellow')

),

metrics as (

    select
        fiscal_quarter_name_fy,
        cs_segment,
        'low_license_utilization_saves' as metric,
        sum(is_saved) as numerator,
        count(*) as denominator
    from low_at_start
    group by fiscal_quarter_name_fy, cs_segment

)

{{ cs_values('metrics') }}
