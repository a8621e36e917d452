with ranked as (

    select
        *,
        {{ recency_rank('rate_plan_id', 'updated_date') }} as recency_rank
    from {{ ref('zuora_rate_plan_source') }}

)

select distinct
    rate_plan_id,
    subscription_id,
    rate_plan_name,
    product_id,
    product_rate_plan_id,
    amendment_type,
    created_date,
    updated_date,
    {{ is_deleted('is_deleted') }} as is_deleted,
    _sdc_batched_at
from ranked
where recency_rank = 1
