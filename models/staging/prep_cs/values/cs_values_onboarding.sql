with customers as (

    select * from {{ ref('cs_customer_quarter') }}

),

accounts as (

    select * from {{ ref('cs_accounts') }}

),

targets as (

    select * from {{ ref('cs_metric_targets') }}

),

-- An onboarding counts in the quarter in which its event fell.
onboardings as (

    select
        customers.fiscal_quarter_name_fy,
        customers.cs_segment,
        onboardings.event_type,
        onboardings.days,
        case when onboardings.days <= targets.target then 1 else 0 end as is_within_target
    from {{ ref('cs_onboarding') }} as onboardings
    inner join customers
        on onboardings.ultimate_parent_account_id = customers.ultimate_parent_account_id
        and {{ is_in_quarter('onboardings.event_date', 'customers') }}
    left join targets
        on customers.cs_segment = targets.cs_segment
        and onboardings.event_type || '_days' = targets.metric

),

first_contracts as (

    select
        accounts.ultimate_parent_account_id,
        min(attributes.original_contract_date) as first_contract_date
    from {{ ref('gainsight_customer_attributes') }} as attributes
    inner join accounts
        on attributes.account_id = accounts.account_id
    group by accounts.ultimate_parent_account_id

),

thirty_day_calls as (

    select distinct activities.ultimate_parent_account_id
    from {{ ref('cs_activities') }} as activities
    inner join first_contracts
        on activities.ultimate_parent_account_id = first_contracts.ultimate_parent_account_id
    where {{ is_thirty_day_call(
        'activities.activity_type', 'activities.activity_date - first_contracts.first_contract_date'
    ) }}

),

metrics as (

    select
        fiscal_quarter_name_fy,
        cs_segment,
        event_type || '_days' as metric,
        sum(days) as numerator,
        count(*) as denominator
    from onboardings
    group by fiscal_quarter_name_fy, cs_segment, event_type

    union all

    select
        fiscal_quarter_name_fy,
        cs_segment,
        'pct_' || event_type || '_within_target',
        sum(is_within_target),
        count(*)
    from onboardings
    group by fiscal_quarter_name_fy, cs_segment, event_type

    union all

    select
        customers.fiscal_quarter_name_fy,
        customers.cs_segment,
        'pct_30_day_calls_completed',
        count(thirty_day_calls.ultimate_parent_account_id),
        count(*)
    from customers
    left join thirty_day_calls
        on customers.ultimate_parent_account_id = thirty_day_calls.ultimate_parent_account_id
    where customers.is_net_new_in_quarter
    group by customers.fiscal_quarter_name_fy, customers.cs_segment

)

{{ cs_values('metrics') }}
