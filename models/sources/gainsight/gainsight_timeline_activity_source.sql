with source as (

    select * from {{ source('gainsight', 'timeline_activity') }}

),

renamed as (

    select
        nullif(id, '') as activity_id,
        nullif(account_id, '') as account_id,
        nullif(contact_id, '') as contact_id,
        activity_type,
        cast(activity_date as date) as activity_date,
        cast(_sdc_batched_at as timestamp) as _sdc_batched_at
    from source

)

select * from renamed
