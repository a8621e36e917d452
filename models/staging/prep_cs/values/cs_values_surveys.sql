with customers as (

    select * from {{ ref('cs_customer_quarter') }}

),

surveys as (

    select
        customers.fiscal_quarter_name_fy,
        customers.cs_segment,
        lower(surveys.survey_type) as survey_type,
        surveys.nps_points,
        surveys.csat_score
    from {{ ref('cs_surveys') }} as surveys
    inner join customers
        on surveys.ultimate_parent_account_id = customers.ultimate_parent_account_id
        and {{ is_in_quarter('surveys.responded_date', 'customers') }}

),

metrics as (

    select
        fiscal_quarter_name_fy,
        cs_segment,
        survey_type || '_nps' as metric,
        coalesce(sum(nps_points), 0) as numerator,
        count(nps_points) as denominator
    from surveys
    group by fiscal_quarter_name_fy, cs_segment, survey_type

    union all

    select
        fiscal_quarter_name_fy,
        cs_segment,
        survey_type || '_csat',
        coalesce(sum(csat_score), 0),
        count(csat_score)
    from surveys
    group by fiscal_quarter_name_fy, cs_segment, survey_type

)

{{ cs_values('metrics') }}
