with source as (

    select * from {{ source('zuora', 'product_rate_plan') }}

),

renamed as (

    select
        nullif(id, '') as product_rate_plan_id,
        nullif(productid, '') as product_id,
        name as product_rate_plan_name,
        cast(effectivestartdate as date) as effective_start_date,
        cast(effectiveenddate as date) as effective_end_date,
        cast(createddate as timestamp) as created_date,
        cast(updateddate as timestamp) as updated_date,
        cast(deleted as boolean) as is_deleted,
        cast(_sdc_batched_at as timestamp) as _sdc_batched_at
    from source

)

select * from renamed
