with source as (

    select * from {{ source('zuora', 'product_rate_plan_charge') }}

),

renamed as (

    select
        nullif(id, '') as product_rate_plan_charge_id,
        nullif(productrateplanid, '') as product_rate_plan_id,
        name as product_rate_plan_charge_name,
        cast(createddate as timestamp) as created_date,
        cast(updateddate as timestamp) as updated_date,
        cast(deleted as boolean) as is_deleted,
        cast(_sdc_batched_at as timestamp) as _sdc_batched_at
    from source

)

select * from renamed
