with ranked as (

    select
        *,
        {{ recency_rank(['account_id', 'subscription_name', 'snapshot_month'], '_sdc_batched_at') }} as recency_rank
    from {{ ref('product_usage_license_utilization_monthly_source') }}

),

final as (

    select distinct
        account_id,
        subscription_name,
        snapshot_month,
        billable_user_count,
        license_user_count,
        _sdc_batched_at,
        {{ audit_columns(created='2021-06-01', updated='2021-08-01') }}
    from ranked
    where recency_rank = 1

)

select * from final
