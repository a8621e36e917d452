{{ config(tags=['product'], meta={'test_id': 'T-15'}) }}

-- Every case of the seed must come out of the macros as it stands there.
with cases as (

    select * from {{ ref('product_rule_cases') }}

),

categorised as (

    select
        *,
        {{ product_category('rate_plan_name') }} as actual_category
    from cases

),

actual as (

    select
        *,
        {{ delivery('actual_category') }} as actual_delivery,
        {{ service_type('rate_plan_name') }} as actual_service_type,
        {{ product_ranking('actual_category') }} as actual_ranking
    from categorised

)

select *
from actual
where product_category is distinct from actual_category
    or delivery is distinct from actual_delivery
    or service_type is distinct from actual_service_type
    or product_ranking is distinct from actual_ranking
