with ranked as (

    select
        *,
        {{ recency_rank('contact_id', 'updated_date') }} as recency_rank
    from {{ ref('zuora_contact_source') }}

)

select distinct
    contact_id,
    account_id,
    {{ hash_of_person('work_email') }} as work_email_hash,
    country,
    state,
    created_date,
    updated_date,
    {{ is_deleted('is_deleted') }} as is_deleted,
    _sdc_batched_at
from ranked
where recency_rank = 1
