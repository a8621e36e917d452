with invoice_items as (

    select * from {{ ref('zuora_invoice_item') }}

),

invoices as (

    select * from {{ ref('zuora_invoice') }}
    where invoice_status = 'Posted'

),

charges as (

    select * from {{ ref('prep_charges') }}

),

billing_accounts as (

    select * from {{ ref('prep_billing_accounts') }}

),

-- An invoice may go to another billing account than the contract's, so both stand here. Lines whose charge is
-- deleted, or belongs to an account that is not kept, drop out; a line with an unknown charge stays, for the
-- tests to find.
lines as (

    select
        invoice_items.invoice_item_id,
        invoices.invoice_id,
        invoices.invoice_number,
        invoices.invoice_date,
        invoice_items.service_start_date,
        invoice_items.service_end_date,
        invoices.account_id as billing_account_id_invoice,
        billing_accounts.crm_account_id as crm_account_id_invoice,
        charges.billing_account_id as billing_account_id_subscription,
        charges.crm_account_id as crm_account_id_subscription,
        invoice_items.subscription_id,
        invoice_items.rate_plan_charge_id as charge_id,
        invoice_items.product_rate_plan_charge_id as product_details_id,
        charges.rate_plan_charge_number,
        charges.rate_plan_charge_segment,
        charges.rate_plan_charge_version,
        charges.effective_start_month,
        charges.effective_end_month,
        invoice_items.quantity,
        charges.mrr,
        invoice_items.charge_amount,
        invoice_items.unit_price,
        invoices.invoice_amount_without_tax,
        invoice_items.tax_amount
    from invoice_items
    inner join invoices
        on invoice_items.invoice_id = invoices.invoice_id
    inner join billing_accounts
        on invoices.account_id = billing_accounts.account_id
    left join charges
        on invoice_items.rate_plan_charge_id = charges.charge_id
    where charges.charge_id is null
        or charges.is_in_facts

),

ranked as (

    select
        *,
        row_number() over (
            partition by rate_plan_charge_number, rate_plan_charge_segment
            order by
                rate_plan_charge_version desc nulls last,
                service_start_date desc nulls last,
                invoice_item_id
        ) as recency
    from lines

),

final as (

    select
        invoice_item_id,
        invoice_id,
        invoice_number,
        invoice_date,
        service_start_date,
        service_end_date,
        billing_account_id_invoice,
        crm_account_id_invoice,
        billing_account_id_subscription,
        crm_account_id_subscription,
        subscription_id,
        charge_id,
        product_details_id,
        effective_start_month,
        effective_end_month,
        quantity,
        mrr,
        {{ arr_from_mrr('mrr') }} as arr,
        charge_amount as invoice_item_charge_amount,
        unit_price as invoice_item_unit_price,
        invoice_amount_without_tax,
        tax_amount as tax_amount_sum,
        recency = 1 as is_last_segment_version,
        {{ audit_columns(created='2021-06-01', updated='2021-08-01') }}
    from ranked

)

select * from final
