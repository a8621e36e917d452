with plans as (

    select * from {{ ref('gainsight_success_plan') }}

),

accounts as (

    select * from {{ ref('cs_accounts') }}

),

final as (

    select
        plans.success_plan_id,
        accounts.ultimate_parent_account_id,
        plans.plan_type,
        plans.plan_status,
        plans.created_date,
        plans.closed_date,
        plans.management_qualified_date,
        plans.has_value_drivers,
        plans.has_use_cases,
        {{ audit_columns(created='2021-06-01', updated='2021-08-01') }}
    from plans
    inner join accounts
        on plans.account_id = accounts.account_id

)

select * from final
