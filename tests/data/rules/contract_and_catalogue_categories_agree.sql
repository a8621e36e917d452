{{ config(tags=['product'], meta={'test_id': 'T-35'}, severity='warn') }}

-- The plan's name on the contract and in the catalogue lead to the same category.
select
    charges.charge_id,
    charges.rate_plan_name,
    charges.product_category,
    product_details.product_rate_plan_name,
    product_details.product_category as catalogue_product_category
from {{ ref('fct_charges') }} as charges
inner join {{ ref('dim_product_details') }} as product_details
    on charges.product_details_id = product_details.product_details_id
where charges.product_category <> product_details.product_category
