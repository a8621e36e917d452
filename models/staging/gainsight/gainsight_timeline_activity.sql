with ranked as (

    select
        *,
        {{ recency_rank('activity_id', '_sdc_batched_at') }} as recency_rank
    from {{ ref('gainsight_timeline_activity_source') }}

),

final as (

    select distinct
        activity_id,
        account_id,
        contact_id,
        activity_type,
        activity_date,
        _sdc_batched_at,
        {{ audit_columns(created='2021-06-01', updated='2021-08-01') }}
    from ranked
    where recency_rank = 1

)

select * from final
