{{ config(tags=['arr'], meta={'test_id': 'T-19'}) }}

-- No fact or mart holds a billing account from the list of excluded accounts.
with used_accounts as (

    select distinct 'fct_charges' as model, billing_account_id from {{ ref('fct_charges') }}
    union all
    select distinct 'fct_mrr', billing_account_id from {{ ref('fct_mrr') }}
    union all
    select distinct 'fct_invoice_items', billing_account_id_invoice from {{ ref('fct_invoice_items') }}
    union all
    select distinct 'fct_invoice_items', billing_account_id_subscription from {{ ref('fct_invoice_items') }}
    union all
    select distinct 'mart_arr', zuora_account_id from {{ ref('mart_arr') }}

)

select
    used_accounts.model,
    used_accounts.billing_account_id
from used_accounts
inner join {{ ref('zuora_excluded_accounts') }} as excluded_accounts
    on used_accounts.billing_account_id = excluded_accounts.account_id
