with source as (

    select * from {{ source('product_usage', 'license_utilization_monthly') }}

),

renamed as (

    select
        nullif(account_id, '') as account_id,
        subscription_name,
        cast(snapshot_month as date) as snapshot_month,
        cast(billable_user_count as integer) as billable_user_count,
        cast(license_user_count as integer) as license_user_count,
        cast(_sdc_batched_at as timestamp) as _sdc_batched_at
    from source

)

select * from renamed
