with source as (

    select * from {{ source('salesforce', 'user') }}

),

renamed as (

    select
        nullif(id, '') as user_id,
        name as user_name,
        email as user_email,
        title as user_title,
        team__c as team,
        nullif(managerid, '') as manager_id,
        cast(isactive as boolean) as is_active,
        cast(createddate as timestamp) as created_date,
        cast(lastmodifieddate as timestamp) as last_modified_date,
        cast(isdeleted as boolean) as is_deleted,
        cast(_sdc_batched_at as timestamp) as _sdc_batched_at
    from source

)

select * from renamed
