with source as (

    select * from {{ source('salesforce', 'record_type') }}

),

renamed as (

    select
        nullif(id, '') as record_type_id,
        developername as record_type_developer_name,
        name as record_type_name,
        sobjecttype as object_type,
        cast(createddate as timestamp) as created_date,
        cast(lastmodifieddate as timestamp) as last_modified_date,
        cast(isdeleted as boolean) as is_deleted,
        cast(_sdc_batched_at as timestamp) as _sdc_batched_at
    from source

)

select * from renamed
