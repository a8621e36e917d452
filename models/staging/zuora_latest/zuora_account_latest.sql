with ranked as (

    select
        *,
        {{ recency_rank('account_id', 'updated_date') }} as recency_rank
    from {{ ref('zuora_account_source') }}

)

select distinct
    account_id,
    account_name,
    account_number,
    crm_id,
    parent_id,
    account_status,
    currency,
    batch,
    sold_to_contact_id,
    bill_to_contact_id,
    sfdc_account_code,
    created_date,
    updated_date,
    {{ is_deleted('is_deleted') }} as is_deleted,
    _sdc_batched_at
from ranked
where recency_rank = 1
