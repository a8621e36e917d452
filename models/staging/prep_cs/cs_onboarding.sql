-- How long accounts took to be met, to get value and to be on board. One row for each event that has happened.
with attributes as (

    select * from {{ ref('gainsight_customer_attributes') }}

),

accounts as (

    select * from {{ ref('cs_accounts') }}

),

first_engagements as (

    select
        account_id,
        min(activity_date) as activity_date
    from {{ ref('gainsight_timeline_activity') }}
    where {{ is_engagement('activity_type') }}
    group by account_id

),

first_closings as (

    select
        account_id,
        min(closed_date) as closed_date
    from {{ ref('gainsight_cta') }}
    where cta_type = 'Onboarding'
        and closed_date is not null
    group by account_id

),

events as (

    select
        attributes.account_id,
        'time_to_first_engage' as event_type,
        first_engagements.activity_date as event_date,
        -- somebody met before the onboarding was opened did not wait at all
        greatest(first_engagements.activity_date - attributes.onboarding_cta_start_date, 0) as days
    from attributes
    inner join first_engagements
        on attributes.account_id = first_engagements.account_id
    where attributes.onboarding_cta_start_date is not null

    union all

    select
        account_id,
        'time_to_first_value',
        first_value_date,
        first_value_date - original_contract_date
    from attributes
    where first_value_date is not null
        and original_contract_date is not null

    union all

    select
        attributes.account_id,
        'time_to_onboard',
        first_closings.closed_date,
        first_closings.closed_date - attributes.onboarding_cta_start_date
    from attributes
    inner join first_closings
        on attributes.account_id = first_closings.account_id
    where attributes.onboarding_cta_start_date is not null

),

final as (

    select
        events.account_id,
        accounts.ultimate_parent_account_id,
        events.event_type,
        events.event_date,
        cast(events.days as integer) as days,
        {{ audit_columns(created='2021-06-01', updated='2021-08-01') }}
    from events
    inner join accounts
        on events.account_id = accounts.account_id

)

select * from final
