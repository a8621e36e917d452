with source as (

    select * from {{ source('product_usage', 'use_case_usage_monthly') }}

),

renamed as (

    select
        nullif(account_id, '') as account_id,
        cast(snapshot_month as date) as snapshot_month,
        cast(license_user_count as integer) as license_user_count,
        cast(git_operation_users_28d as integer) as git_operation_users_28d,
        cast(ci_pipeline_users_28d as integer) as ci_pipeline_users_28d,
        cast(secure_scanner_users_28d as integer) as secure_scanner_users_28d,
        cast(deployment_users_28d as integer) as deployment_users_28d,
        cast(_sdc_batched_at as timestamp) as _sdc_batched_at
    from source

)

select * from renamed
