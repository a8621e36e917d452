with source as (

    select * from {{ source('zuora', 'rate_plan') }}

),

renamed as (

    select
        nullif(id, '') as rate_plan_id,
        nullif(subscriptionid, '') as subscription_id,
        name as rate_plan_name,
        nullif(productid, '') as product_id,
        nullif(productrateplanid, '') as product_rate_plan_id,
        amendmenttype as amendment_type,
        cast(createddate as timestamp) as created_date,
        cast(updateddate as timestamp) as updated_date,
        cast(deleted as boolean) as is_deleted,
        cast(_sdc_batched_at as timestamp) as _sdc_batched_at
    from source

)

select * from renamed
