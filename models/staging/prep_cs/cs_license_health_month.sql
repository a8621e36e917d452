-- How far customers use the seats that they pay for, and how healthy that is at their age.
with usage as (

    select * from {{ ref('product_usage_license_utilization_monthly') }}

),

accounts as (

    select * from {{ ref('cs_accounts') }}

),

customer_months as (

    select * from {{ ref('cs_customer_month') }}

),

bands as (

    select * from {{ ref('license_utilization_health') }}

),

-- One contract without a number leaves the customer's utilisation unknown.
summed as (

    select
        accounts.ultimate_parent_account_id,
        usage.snapshot_month,
        case
            when count(*) = count(usage.billable_user_count) then sum(usage.billable_user_count)
        end as billable_user_count,
        case
            when count(*) = count(usage.license_user_count) then sum(usage.license_user_count)
        end as license_user_count
    from usage
    inner join accounts
        on usage.account_id = accounts.account_id
    group by
        accounts.ultimate_parent_account_id,
        usage.snapshot_month

),

aged as (

    select
        summed.ultimate_parent_account_id,
        summed.snapshot_month,
        cast(summed.billable_user_count as integer) as billable_user_count,
        cast(summed.license_user_count as integer) as license_user_count,
        {{ rate('summed.billable_user_count', 'summed.license_user_count') }} as utilization,
        customer_months.months_since_start
    from summed
    inner join customer_months
        on summed.ultimate_parent_account_id = customer_months.ultimate_parent_account_id
        and summed.snapshot_month = customer_months.arr_month

),

final as (

    select
        aged.*,
        bands.color,
        {{ audit_columns(created='2021-06-01', updated='2021-08-01') }}
    from aged
    left join bands
        on aged.utilization >= bands.utilization_min
        and (aged.utilization <= bands.utilization_max or bands.utilization_max is null)
        and aged.months_since_start >= bands.months_min
        and (aged.months_since_start <= bands.months_max or bands.months_max is null)

)

select * from final
