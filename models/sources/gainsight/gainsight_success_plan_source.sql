with source as (

    select * from {{ source('gainsight', 'success_plan') }}

),

renamed as (

    select
        nullif(id, '') as success_plan_id,
        nullif(account_id, '') as account_id,
        plan_type,
        status as plan_status,
        cast(created_date as date) as created_date,
        cast(closed_date as date) as closed_date,
        cast(is_management_qualified as boolean) as is_management_qualified,
        cast(management_qualified_date as date) as management_qualified_date,
        cast(has_value_drivers as boolean) as has_value_drivers,
        cast(has_use_cases as boolean) as has_use_cases,
        cast(_sdc_batched_at as timestamp) as _sdc_batched_at
    from source

)

select * from renamed
