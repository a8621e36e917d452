with source as (

    select * from {{ source('zuora', 'invoice_item') }}

),

renamed as (

    select
        nullif(id, '') as invoice_item_id,
        nullif(invoiceid, '') as invoice_id,
        nullif(rateplanchargeid, '') as rate_plan_charge_id,
        nullif(subscriptionid, '') as subscription_id,
        nullif(productrateplanchargeid, '') as product_rate_plan_charge_id,
        chargename as charge_name,
        sku as product_sku,
        uom as unit_of_measure,
        cast(quantity as decimal(18,2)) as quantity,
        cast(unitprice as decimal(18,2)) as unit_price,
        cast(chargeamount as decimal(18,2)) as charge_amount,
        cast(taxamount as decimal(18,2)) as tax_amount,
        cast(servicestartdate as date) as service_start_date,
        cast(serviceenddate as date) as service_end_date,
        cast(createddate as timestamp) as created_date,
        cast(updateddate as timestamp) as updated_date,
        cast(deleted as boolean) as is_deleted,
        cast(_sdc_batched_at as timestamp) as _sdc_batched_at
    from source

)

select * from renamed
