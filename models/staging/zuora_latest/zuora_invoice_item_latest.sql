with ranked as (

    select
        *,
        {{ recency_rank('invoice_item_id', 'updated_date') }} as recency_rank
    from {{ ref('zuora_invoice_item_source') }}

)

select distinct
    invoice_item_id,
    invoice_id,
    rate_plan_charge_id,
    subscription_id,
    product_rate_plan_charge_id,
    charge_name,
    product_sku,
    unit_of_measure,
    quantity,
    unit_price,
    charge_amount,
    tax_amount,
    service_start_date,
    service_end_date,
    created_date,
    updated_date,
    {{ is_deleted('is_deleted') }} as is_deleted,
    _sdc_batched_at
from ranked
where recency_rank = 1
