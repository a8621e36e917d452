with products as (

    select * from {{ ref('zuora_product_latest') }}

),

rate_plans as (

    select * from {{ ref('zuora_product_rate_plan_latest') }}

),

charges as (

    select * from {{ ref('zuora_product_rate_plan_charge_latest') }}

),

tiers as (

    select * from {{ ref('zuora_product_rate_plan_charge_tier_latest') }}

),

list_prices as (

    select
        product_rate_plan_charge_id,
        min(price) as billing_list_price
    from tiers
    where currency = '{{ var("currency") }}'
    group by product_rate_plan_charge_id

),

-- The catalogue keeps plans that are no longer sold, deleted ones among them: old contracts name them.
catalogue as (

    select
        charges.product_rate_plan_charge_id as product_details_id,
        products.product_id,
        products.product_name,
        products.product_sku,
        rate_plans.product_rate_plan_name,
        charges.product_rate_plan_charge_name,
        {{ product_category('rate_plans.product_rate_plan_name') }} as product_category,
        {{ service_type('rate_plans.product_rate_plan_name') }} as service_type,
        products.effective_start_date,
        products.effective_end_date,
        list_prices.billing_list_price
    from charges
    left join rate_plans
        on charges.product_rate_plan_id = rate_plans.product_rate_plan_id
    left join products
        on rate_plans.product_id = products.product_id
    left join list_prices
        on charges.product_rate_plan_charge_id = list_prices.product_rate_plan_charge_id

),

final as (

    select
        product_details_id,
        product_id,
        product_name,
        product_sku,
        product_rate_plan_name,
        product_rate_plan_charge_name,
        product_category,
        {{ delivery('product_category') }} as delivery,
        service_type,
        {{ product_ranking('product_category') }} as product_ranking,
        coalesce(
            {{ any_name_contains(
                ['product_name', 'product_rate_plan_name', 'product_rate_plan_charge_name'], 'reporter_access'
            ) }},
            false
        ) as is_reporter_license,
        effective_start_date,
        effective_end_date,
        billing_list_price,
        {{ annual_list_price(
            'billing_list_price',
            ['product_name', 'product_rate_plan_name', 'product_rate_plan_charge_name']
        ) }} as annual_billing_list_price,
        {{ audit_columns(created='2021-02-01', updated='2021-08-01') }}
    from catalogue

)

select * from final
