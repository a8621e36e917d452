with activities as (

    select * from {{ ref('gainsight_timeline_activity') }}

),

accounts as (

    select * from {{ ref('cs_accounts') }}

),

final as (

    select
        activities.activity_id,
        accounts.ultimate_parent_account_id,
        activities.activity_type,
        activities.activity_date,
        {{ audit_columns(created='2021-06-01', updated='2021-08-01') }}
    from activities
    inner join accounts
        on activities.account_id = accounts.account_id

)

select * from final
