with ranked as (

    select
        *,
        {{ recency_rank('email_event_id', '_sdc_batched_at') }} as recency_rank
    from {{ ref('gainsight_email_event_source') }}

),

final as (

    select distinct
        email_event_id,
        email_id,
        account_id,
        contact_id,
        program_name,
        event_type,
        event_at,
        _sdc_batched_at,
        {{ audit_columns(created='2021-06-01', updated='2021-08-01') }}
    from ranked
    where recency_rank = 1

)

select * from final
