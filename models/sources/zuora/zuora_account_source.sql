with source as (

    select * from {{ source('zuora', 'account') }}

),

renamed as (

    select
        nullif(id, '') as account_id,
        name as account_name,
        accountnumber as account_number,
        nullif(crmid, '') as crm_id,
        nullif(parentid, '') as parent_id,
        status as account_status,
        currency,
        batch,
        nullif(soldtocontactid, '') as sold_to_contact_id,
        nullif(billtocontactid, '') as bill_to_contact_id,
        accountcode__c as sfdc_account_code,
        cast(createddate as timestamp) as created_date,
        cast(updateddate as timestamp) as updated_date,
        cast(deleted as boolean) as is_deleted,
        cast(_sdc_batched_at as timestamp) as _sdc_batched_at
    from source

)

select * from renamed
