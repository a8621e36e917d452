with source as (

    select * from {{ source('gainsight', 'email_event') }}

),

renamed as (

    select
        nullif(id, '') as email_event_id,
        nullif(email_id, '') as email_id,
        nullif(account_id, '') as account_id,
        nullif(contact_id, '') as contact_id,
        program_name,
        event_type,
        cast(event_at as timestamp) as event_at,
        cast(_sdc_batched_at as timestamp) as _sdc_batched_at
    from source

)

select * from renamed
