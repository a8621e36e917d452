with source as (

    select * from {{ source('salesforce', 'executive_business_review') }}

),

renamed as (

    select
        nullif(id, '') as executive_business_review_id,
        nullif(ebr_account__c, '') as account_id,
        cast(ebr_date__c as date) as ebr_date,
        ebr_quarter__c as ebr_quarter,
        cast(ebr_number__c as integer) as ebr_number,
        ebr_status__c as ebr_status,
        ebr_outcome__c as ebr_outcome,
        ebr_success__c as ebr_success,
        cast(createddate as timestamp) as created_date,
        cast(lastmodifieddate as timestamp) as last_modified_date,
        cast(isdeleted as boolean) as is_deleted,
        cast(_sdc_batched_at as timestamp) as _sdc_batched_at
    from source

)

select * from renamed
