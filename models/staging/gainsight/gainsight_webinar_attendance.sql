with ranked as (

    select
        *,
        {{ recency_rank('webinar_attendance_id', '_sdc_batched_at') }} as recency_rank
    from {{ ref('gainsight_webinar_attendance_source') }}

),

final as (

    select distinct
        webinar_attendance_id,
        account_id,
        contact_id,
        webinar_type,
        webinar_date,
        is_attended,
        _sdc_batched_at,
        {{ audit_columns(created='2021-06-01', updated='2021-08-01') }}
    from ranked
    where recency_rank = 1

)

select * from final
