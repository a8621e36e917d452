with source as (

    select * from {{ source('salesforce', 'account') }}

),

renamed as (

    select
        nullif(id, '') as account_id,
        name as account_name,
        nullif(masterrecordid, '') as master_record_id,
        nullif(ownerid, '') as owner_id,
        nullif(recordtypeid, '') as record_type_id,
        type as account_type,
        nullif(ultimate_parent_account_id__c, '') as ultimate_parent_account_id,
        ultimate_parent_sales_segment_employees__c as ultimate_parent_sales_segment,
        industry,
        account_owner_calc__c as account_owner,
        account_owner_team__c as account_owner_team,
        atam_territory__c as tsp_territory,
        atam_region__c as tsp_region,
        cast(atam_account_employees__c as integer) as tsp_account_employees,
        billingcountry as billing_country,
        cast(federal_account__c as boolean) as federal_account,
        nullif(technical_account_manager_lu__c, '') as technical_account_manager_id,
        cast(customer_since__c as date) as customer_since_date,
        health__c as health,
        cast(createddate as timestamp) as created_date,
        cast(lastmodifieddate as timestamp) as last_modified_date,
        cast(isdeleted as boolean) as is_deleted,
        cast(_sdc_batched_at as timestamp) as _sdc_batched_at
    from source

)

select * from renamed
