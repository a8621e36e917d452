with invoice_items as (

    select * from {{ ref('zuora_invoice_item_latest') }}

),

invoices as (

    select * from {{ ref('zuora_invoice_latest') }}

),

-- A line does not name its account: it is the invoice's.
final as (

    select
        invoice_items.*,
        {{ audit_columns(created='2021-02-01', updated='2021-08-01') }}
    from invoice_items
    left join invoices
        on invoice_items.invoice_id = invoices.invoice_id
    where not invoice_items.is_deleted
        and not {{ is_excluded_account('invoices.account_id') }}

)

select * from final
