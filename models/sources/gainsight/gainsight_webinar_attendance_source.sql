with source as (

    select * from {{ source('gainsight', 'webinar_attendance') }}

),

renamed as (

    select
        nullif(id, '') as webinar_attendance_id,
        nullif(account_id, '') as account_id,
        nullif(contact_id, '') as contact_id,
        webinar_type,
        cast(webinar_date as date) as webinar_date,
        cast(is_attended as boolean) as is_attended,
        cast(_sdc_batched_at as timestamp) as _sdc_batched_at
    from source

)

select * from renamed
