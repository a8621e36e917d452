with subscriptions as (

    select * from {{ ref('prep_subscriptions') }}

),

final as (

    select
        subscription_id,
        crm_account_id,
        account_id as billing_account_id,
        subscription_name,
        subscription_name_slugify,
        subscription_status,
        subscription_version,
        is_auto_renew,
        zuora_renewal_subscription_name,
        renewal_term,
        renewal_term_period_type,
        subscription_start_date,
        subscription_end_date,
        {{ month_start('subscription_start_date') }} as subscription_start_month,
        {{ month_start('subscription_end_date') }} as subscription_end_month,
        {{ subscription_sales_type('created_by_id') }} as subscription_sales_type,
        {{ audit_columns(created='2021-02-01', updated='2021-08-01') }}
    from subscriptions
    where is_highest_live_version

)

select * from final
