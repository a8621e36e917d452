with source as (

    select * from {{ source('zuora', 'contact') }}

),

renamed as (

    select
        nullif(id, '') as contact_id,
        nullif(accountid, '') as account_id,
        firstname as first_name,
        lastname as last_name,
        workemail as work_email,
        country,
        state,
        cast(createddate as timestamp) as created_date,
        cast(updateddate as timestamp) as updated_date,
        cast(deleted as boolean) as is_deleted,
        cast(_sdc_batched_at as timestamp) as _sdc_batched_at
    from source

)

select * from renamed
