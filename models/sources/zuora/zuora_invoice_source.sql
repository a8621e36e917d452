with source as (

    select * from {{ source('zuora', 'invoice') }}

),

renamed as (

    select
        nullif(id, '') as invoice_id,
        nullif(accountid, '') as account_id,
        invoicenumber as invoice_number,
        cast(invoicedate as date) as invoice_date,
        cast(duedate as date) as due_date,
        status as invoice_status,
        cast(amount as decimal(18,2)) as invoice_amount,
        cast(amountwithouttax as decimal(18,2)) as invoice_amount_without_tax,
        cast(taxamount as decimal(18,2)) as invoice_tax_amount,
        cast(balance as decimal(18,2)) as invoice_balance,
        cast(createddate as timestamp) as created_date,
        cast(updateddate as timestamp) as updated_date,
        cast(deleted as boolean) as is_deleted,
        cast(_sdc_batched_at as timestamp) as _sdc_batched_at
    from source

)

select * from renamed
