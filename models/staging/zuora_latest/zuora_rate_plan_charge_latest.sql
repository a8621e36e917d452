with ranked as (

    select
        *,
        {{ recency_rank('rate_plan_charge_id', 'updated_date') }} as recency_rank
    from {{ ref('zuora_rate_plan_charge_source') }}

)

select distinct
    rate_plan_charge_id,
    account_id,
    rate_plan_id,
    product_rate_plan_charge_id,
    rate_plan_charge_number,
    rate_plan_charge_name,
    charge_type,
    charge_model,
    effective_start_date,
    effective_start_month,
    effective_end_date,
    effective_end_month,
    unit_of_measure,
    quantity,
    mrr,
    tcv,
    delta_tcv,
    delta_mrc,
    discount_level,
    rate_plan_charge_segment,
    rate_plan_charge_version,
    is_last_segment,
    created_date,
    updated_date,
    {{ is_deleted('is_deleted') }} as is_deleted,
    _sdc_batched_at
from ranked
where recency_rank = 1
