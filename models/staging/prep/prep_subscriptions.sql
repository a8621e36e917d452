-- Every version of every contract at its latest state, marked with the one version of each name that
-- stands for the contract: the highest one that is Active or Cancelled, not deleted, not taken out of
-- analysis, and whose billing account is kept.
with subscriptions as (

    select * from {{ ref('zuora_subscription_latest') }}

),

billing_accounts as (

    select * from {{ ref('prep_billing_accounts') }}

),

flagged as (

    select
        subscriptions.*,
        {{ known_or_unknown_member('billing_accounts.crm_account_id') }} as crm_account_id,
        {{ subscription_has_counted_status('subscriptions.subscription_status') }} as has_counted_status,
        {{ subscription_is_in_analysis('subscriptions.is_deleted', 'subscriptions.exclude_from_analysis') }}
            as is_in_analysis,
        coalesce(billing_accounts.is_kept, false) as is_billing_account_kept
    from subscriptions
    left join billing_accounts
        on subscriptions.account_id = billing_accounts.account_id

),

live_versions as (

    select
        subscription_name,
        subscription_id,
        subscription_version,
        row_number() over (
            partition by subscription_name
            order by subscription_version desc nulls last, updated_date desc nulls last, subscription_id
        ) as rank_within_name
    from flagged
    where has_counted_status
        and is_in_analysis
        and is_billing_account_kept

),

final as (

    select
        flagged.*,
        coalesce(flagged.subscription_id = live_versions.subscription_id, false) as is_highest_live_version,
        -- An older version, or its equal, gives way; a newer one that is not live has failed another rule.
        coalesce(
            flagged.subscription_id <> live_versions.subscription_id
            and flagged.subscription_version <= live_versions.subscription_version,
            false
        ) as is_superseded,
        {{ audit_columns(created='2021-02-01', updated='2021-08-01') }}
    from flagged
    left join live_versions
        on flagged.subscription_name = live_versions.subscription_name
        and live_versions.rank_within_name = 1

)

select * from final
