with accounts as (

    select * from {{ ref('prep_billing_accounts') }}

),

contacts as (

    select * from {{ ref('zuora_contact_latest') }}

),

-- Excluded accounts stay here, marked, so that one can see what is left out; facts drop them.
final as (

    select
        accounts.account_id as billing_account_id,
        accounts.crm_account_id,
        accounts.account_number as billing_account_number,
        accounts.account_name as billing_account_name,
        accounts.account_status,
        accounts.parent_id,
        accounts.sfdc_account_code,
        accounts.currency as account_currency,
        coalesce(sold_to_contacts.country, bill_to_contacts.country) as sold_to_country,
        accounts.is_deleted,
        accounts.is_excluded,
        {{ audit_columns(created='2021-02-01', updated='2021-08-01') }}
    from accounts
    left join contacts as sold_to_contacts
        on accounts.sold_to_contact_id = sold_to_contacts.contact_id
    left join contacts as bill_to_contacts
        on accounts.bill_to_contact_id = bill_to_contacts.contact_id
    where not accounts.is_deleted

)

select * from final
