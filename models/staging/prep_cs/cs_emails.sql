with events as (

    select * from {{ ref('gainsight_email_event') }}

),

accounts as (

    select * from {{ ref('cs_accounts') }}

),

final as (

    select
        events.email_event_id,
        accounts.ultimate_parent_account_id,
        events.email_id,
        events.event_type,
        cast(events.event_at as date) as event_date,
        {{ audit_columns(created='2021-06-01', updated='2021-08-01') }}
    from events
    inner join accounts
        on events.account_id = accounts.account_id

)

select * from final
