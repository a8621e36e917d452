with ranked as (

    select
        *,
        {{ recency_rank(['account_id', 'snapshot_month'], '_sdc_batched_at') }} as recency_rank
    from {{ ref('product_usage_use_case_usage_monthly_source') }}

),

final as (

    select distinct
        account_id,
        snapshot_month,
        license_user_count,
        git_operation_users_28d,
        ci_pipeline_users_28d,
        secure_scanner_users_28d,
        deployment_users_28d,
        _sdc_batched_at,
        {{ audit_columns(created='2021-06-01', updated='2021-08-01') }}
    from ranked
    where recency_rank = 1

)

select * from final
