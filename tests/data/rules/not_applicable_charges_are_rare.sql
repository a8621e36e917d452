{{ config(tags=['product'], meta={'test_id': 'T-16'}, severity='warn') }}

-- Plans whose name no rule knows stay rare: at most two charges in a hundred.
with shares as (

    select
        count(*) as charge_count,
        sum(case when product_category = 'Not Applicable' then 1 else 0 end) as unknown_count
    from {{ ref('fct_charges') }}

)

select *
from shares
where unknown_count * 100 > charge_count * 2
