with source as (

    select * from {{ source('zuora', 'product_rate_plan_charge_tier') }}

),

renamed as (

    select
        nullif(productrateplanchargeid, '') as product_rate_plan_charge_id,
        currency,
        cast(tier as integer) as tier,
        cast(price as decimal(18,2)) as price,
        cast(createddate as timestamp) as created_date,
        cast(updateddate as timestamp) as updated_date,
        cast(deleted as boolean) as is_deleted,
        cast(_sdc_batched_at as timestamp) as _sdc_batched_at
    from source

)

select * from renamed
