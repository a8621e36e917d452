with ranked as (

    select
        *,
        {{ recency_rank('survey_response_id', '_sdc_batched_at') }} as recency_rank
    from {{ ref('gainsight_survey_response_source') }}

),

final as (

    select distinct
        survey_response_id,
        account_id,
        contact_id,
        survey_type,
        sent_date,
        responded_date,
        nps_score,
        csat_score,
        _sdc_batched_at,
        {{ audit_columns(created='2021-06-01', updated='2021-08-01') }}
    from ranked
    where recency_rank = 1

)

select * from final
