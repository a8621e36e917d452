with ranked as (

    select
        *,
        {{ recency_rank(['product_rate_plan_charge_id', 'currency', 'tier'], 'updated_date') }} as recency_rank
    from {{ ref('zuora_product_rate_plan_charge_tier_source') }}

)

select distinct
    product_rate_plan_charge_id,
    currency,
    tier,
    price,
    created_date,
    updated_date,
    {{ is_deleted('is_deleted') }} as is_deleted,
    _sdc_batched_at
from ranked
where recency_rank = 1
