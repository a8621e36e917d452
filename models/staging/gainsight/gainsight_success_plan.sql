with ranked as (

    select
        *,
        {{ recency_rank('success_plan_id', '_sdc_batched_at') }} as recency_rank
    from {{ ref('gainsight_success_plan_source') }}

),

final as (

    select distinct
        success_plan_id,
        account_id,
        plan_type,
        plan_status,
        created_date,
        closed_date,
        is_management_qualified,
        management_qualified_date,
        has_value_drivers,
        has_use_cases,
        _sdc_batched_at,
        {{ audit_columns(created='2021-06-01', updated='2021-08-01') }}
    from ranked
    where recency_rank = 1

)

select * from final
