with source as (

    select * from {{ source('salesforce', 'lead') }}

),

renamed as (

    select
        nullif(id, '') as lead_id,
        firstname as first_name,
        lastname as last_name,
        name as full_name,
        email,
        title as job_title,
        cast(isconverted as boolean) as is_converted,
        nullif(convertedcontactid, '') as converted_contact_id,
        nullif(lean_data_matched_account__c, '') as matched_account_id,
        nullif(ownerid, '') as owner_id,
        nullif(recordtypeid, '') as record_type_id,
        nullif(masterrecordid, '') as master_record_id,
        leadsource as lead_source,
        cast(hasoptedoutofemail as boolean) as has_opted_out_email,
        cast(createddate as timestamp) as created_date,
        cast(lastmodifieddate as timestamp) as last_modified_date,
        cast(isdeleted as boolean) as is_deleted,
        cast(_sdc_batched_at as timestamp) as _sdc_batched_at
    from source

)

select * from renamed
