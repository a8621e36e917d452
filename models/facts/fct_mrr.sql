with charges as (

    select * from {{ ref('prep_charges') }}
    where arr_exclusion_reason is null

),

months as (

    select
        date_id,
        date_actual
    from {{ ref('dim_dates') }}
    where day_of_month = 1

),

charge_months as (

    select
        months.date_id,
        charges.billing_account_id,
        charges.crm_account_id,
        charges.subscription_id,
        charges.subscription_name,
        charges.product_details_id,
        charges.mrr,
        charges.quantity,
        charges.unit_of_measure
    from charges
    inner join months
        on {{ charge_covers_month(
            'months.date_actual', 'charges.effective_start_month', 'charges.effective_end_month'
        ) }}

),

-- A contract may hold the same product in several charges: they add up.
grouped as (

    select
        date_id,
        billing_account_id,
        crm_account_id,
        subscription_id,
        subscription_name,
        product_details_id,
        cast(sum(mrr) as decimal(18,2)) as mrr,
        cast(sum(quantity) as decimal(18,2)) as quantity,
        {{ sorted_list('unit_of_measure') }} as unit_of_measure
    from charge_months
    group by
        date_id,
        billing_account_id,
        crm_account_id,
        subscription_id,
        subscription_name,
        product_details_id

),

final as (

    select
        {{ surrogate_key(['date_id', 'subscription_name', 'product_details_id']) }} as mrr_id,
        date_id,
        billing_account_id,
        crm_account_id,
        subscription_id,
        product_details_id,
        mrr,
        {{ arr_from_mrr('mrr') }} as arr,
        quantity,
        unit_of_measure,
        {{ audit_columns(created='2021-02-01', updated='2021-08-01') }}
    from grouped

)

select * from final
