with ranked as (

    select
        *,
        {{ recency_rank('invoice_id', 'updated_date') }} as recency_rank
    from {{ ref('zuora_invoice_source') }}

)

select distinct
    invoice_id,
    account_id,
    invoice_number,
    invoice_date,
    due_date,
    invoice_status,
    invoice_amount,
    invoice_amount_without_tax,
    invoice_tax_amount,
    invoice_balance,
    created_date,
    updated_date,
    {{ is_deleted('is_deleted') }} as is_deleted,
    _sdc_batched_at
from ranked
where recency_rank = 1
