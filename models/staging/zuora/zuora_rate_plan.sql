with rate_plans as (

    select * from {{ ref('zuora_rate_plan_latest') }}

),

subscriptions as (

    select * from {{ ref('zuora_subscription_latest') }}

),

-- A rate plan does not name its account: it is the subscription's.
final as (

    select
        rate_plans.*,
        {{ audit_columns(created='2021-02-01', updated='2021-08-01') }}
    from rate_plans
    left join subscriptions
        on rate_plans.subscription_id = subscriptions.subscription_id
    where not rate_plans.is_deleted
        and not {{ is_excluded_account('subscriptions.account_id') }}

)

select * from final
