with charges as (

    select * from {{ ref('prep_charges') }}

),

categorised as (

    select
        *,
        {{ product_category('rate_plan_name') }} as product_category
    from charges
    where is_in_facts

),

final as (

    select
        charge_id,
        product_details_id,
        subscription_id,
        billing_account_id,
        rate_plan_charge_number,
        rate_plan_charge_name,
        rate_plan_name,
        effective_start_month,
        effective_end_month,
        {{ date_id('effective_start_date') }} as effective_start_date_id,
        {{ date_id('effective_end_date') }} as effective_end_date_id,
        {{ date_id('effective_start_month') }} as effective_start_month_id,
        {{ date_id('effective_end_month') }} as effective_end_month_id,
        unit_of_measure,
        quantity,
        mrr,
        delta_tcv,
        product_category,
        {{ delivery('product_category') }} as delivery,
        {{ service_type('rate_plan_name') }} as service_type,
        discount_level,
        rate_plan_charge_segment,
        rate_plan_charge_version,
        charge_type,
        is_recurring_type and spans_a_month as is_recurring,
        arr_exclusion_reason,
        {{ audit_columns(created='2021-02-01', updated='2021-08-01') }}
    from categorised

)

select * from final
