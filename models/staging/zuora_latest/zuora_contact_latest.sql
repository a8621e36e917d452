with ranked as (

    select
        *,
        {{ recency_rank('contact_id', 'updated_date') }} as recency_rank
    from {{ ref('zuora_contact_source') }}

)

select distinct
    contact_id,
    account_id,
    first_name,
    last_name,
    work_email,
    country,
    state,
    created_date,
    updated_date,
    {{ is_deleted('is_deleted') }} as is_deleted,
    _sdc_batched_at
from ranked
where recency_rank = 1
