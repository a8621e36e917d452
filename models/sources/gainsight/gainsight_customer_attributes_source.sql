with source as (

    select * from {{ source('gainsight', 'customer_attributes') }}

),

renamed as (

    select
        nullif(account_id, '') as account_id,
        cast(original_contract_date as date) as original_contract_date,
        cast(onboarding_cta_start_date as date) as onboarding_cta_start_date,
        cast(first_value_date as date) as first_value_date,
        cast(has_product_usage_data as boolean) as has_product_usage_data,
        nullif(tam_user_id, '') as tam_user_id,
        primary_value_driver,
        cast(_sdc_batched_at as timestamp) as _sdc_batched_at
    from source

)

select * from renamed
