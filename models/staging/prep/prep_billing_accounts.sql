-- Every billing account at its latest state, with its Salesforce account after merges and the two
-- reasons for which facts leave it out.
with accounts as (

    select * from {{ ref('zuora_account_latest') }}

),

merged_crm_accounts as (

    select * from {{ ref('map_merged_crm_accounts') }}

),

flagged as (

    select
        *,
        {{ is_excluded_account('account_id') }} as is_excluded
    from accounts

),

final as (

    select
        flagged.*,
        {{ known_or_unknown_member('merged_crm_accounts.crm_account_id') }} as crm_account_id,
        not flagged.is_deleted and not flagged.is_excluded as is_kept,
        {{ audit_columns(created='2021-02-01', updated='2021-08-01') }}
    from flagged
    left join merged_crm_accounts
        on flagged.crm_id = merged_crm_accounts.sfdc_account_id

)

select * from final
