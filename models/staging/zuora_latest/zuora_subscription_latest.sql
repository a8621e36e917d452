with ranked as (

    select
        *,
        {{ recency_rank('subscription_id', 'updated_date') }} as recency_rank
    from {{ ref('zuora_subscription_source') }}

)

select distinct
    subscription_id,
    account_id,
    subscription_name,
    subscription_name_slugify,
    subscription_version,
    subscription_status,
    original_id,
    previous_subscription_id,
    is_auto_renew,
    initial_term,
    renewal_term,
    renewal_term_period_type,
    term_start_date,
    term_end_date,
    subscription_start_date,
    subscription_end_date,
    zuora_renewal_subscription_name,
    opportunity_id,
    created_by_id,
    exclude_from_analysis,
    created_date,
    updated_date,
    {{ is_deleted('is_deleted') }} as is_deleted,
    _sdc_batched_at
from ranked
where recency_rank = 1
