{{ config(materialized='ephemeral') }}

-- The customer that each Salesforce account belongs to, after merges.
select
    merged_accounts.sfdc_account_id as account_id,
    crm_accounts.ultimate_parent_account_id
from {{ ref('map_merged_crm_accounts') }} as merged_accounts
inner join {{ ref('dim_crm_accounts') }} as crm_accounts
    on merged_accounts.crm_account_id = crm_accounts.crm_account_id
