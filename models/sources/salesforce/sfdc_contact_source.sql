with source as (

    select * from {{ source('salesforce', 'contact') }}

),

renamed as (

    select
        nullif(id, '') as contact_id,
        nullif(accountid, '') as account_id,
        firstname as first_name,
        lastname as last_name,
        name as full_name,
        email,
        title as job_title,
        mobilephone as mobile_phone,
        nullif(masterrecordid, '') as master_record_id,
        nullif(ownerid, '') as owner_id,
        nullif(recordtypeid, '') as record_type_id,
        nullif(reportstoid, '') as reports_to_id,
        cast(mkto71_lead_score__c as decimal(18,2)) as person_score,
        cast(hasoptedoutofemail as boolean) as has_opted_out_email,
        cast(emailbounceddate as timestamp) as email_bounced_date,
        emailbouncedreason as email_bounced_reason,
        leadsource as lead_source,
        cast(createddate as timestamp) as created_date,
        cast(lastmodifieddate as timestamp) as last_modified_date,
        cast(isdeleted as boolean) as is_deleted,
        cast(_sdc_batched_at as timestamp) as _sdc_batched_at
    from source

)

select * from renamed
