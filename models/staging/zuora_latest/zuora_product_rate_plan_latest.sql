with ranked as (

    select
        *,
        {{ recency_rank('product_rate_plan_id', 'updated_date') }} as recency_rank
    from {{ ref('zuora_product_rate_plan_source') }}

)

select distinct
    product_rate_plan_id,
    product_id,
    product_rate_plan_name,
    effective_start_date,
    effective_end_date,
    created_date,
    updated_date,
    {{ is_deleted('is_deleted') }} as is_deleted,
    _sdc_batched_at
from ranked
where recency_rank = 1
