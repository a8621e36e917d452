with source as (

    select * from {{ source('zuora', 'rate_plan_charge') }}

),

renamed as (

    select
        nullif(id, '') as rate_plan_charge_id,
        nullif(accountid, '') as account_id,
        nullif(rateplanid, '') as rate_plan_id,
        nullif(productrateplanchargeid, '') as product_rate_plan_charge_id,
        chargenumber as rate_plan_charge_number,
        name as rate_plan_charge_name,
        chargetype as charge_type,
        chargemodel as charge_model,
        cast(effectivestartdate as date) as effective_start_date,
        {{ month_start('effectivestartdate') }} as effective_start_month,
        cast(effectiveenddate as date) as effective_end_date,
        {{ month_start('effectiveenddate') }} as effective_end_month,
        uom as unit_of_measure,
        cast(quantity as decimal(18,2)) as quantity,
        cast(mrr as decimal(18,2)) as mrr,
        cast(tcv as decimal(18,2)) as tcv,
        cast(dtcv as decimal(18,2)) as delta_tcv,
        cast(dmrc as decimal(18,2)) as delta_mrc,
        discountlevel as discount_level,
        cast(segment as integer) as rate_plan_charge_segment,
        cast(version as integer) as rate_plan_charge_version,
        cast(islastsegment as boolean) as is_last_segment,
        cast(createddate as timestamp) as created_date,
        cast(updateddate as timestamp) as updated_date,
        cast(deleted as boolean) as is_deleted,
        cast(_sdc_batched_at as timestamp) as _sdc_batched_at
    from source

)

select * from renamed
