-- Surveys that were answered.
with surveys as (

    select * from {{ ref('gainsight_survey_response') }}

),

accounts as (

    select * from {{ ref('cs_accounts') }}

),

final as (

    select
        surveys.survey_response_id,
        accounts.ultimate_parent_account_id,
        surveys.survey_type,
        surveys.responded_date,
        surveys.nps_score,
        {{ nps_points('surveys.nps_score') }} as nps_points,
        surveys.csat_score,
        {{ audit_columns(created='2021-06-01', updated='2021-08-01') }}
    from surveys
    inner join accounts
        on surveys.account_id = accounts.account_id
    where surveys.responded_date is not null

)

select * from final
