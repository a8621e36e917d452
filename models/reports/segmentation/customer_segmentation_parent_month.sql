with arr as (

    select * from {{ ref('segmentation_base') }}

),

parents as (

    select
        crm_account_id,
        ultimate_parent_account_segment
    from {{ ref('dim_crm_accounts') }}

),

-- Products and deliveries fold into one list each, so that a parent stands once in a month
-- and counting rows counts customers.
folded as (

    select
        arr_month,
        ultimate_parent_account_id,
        max(ultimate_parent_account_name) as ultimate_parent_account_name,
        max(industry) as industry,
        max(account_owner_team) as account_owner_team,
        max(territory) as territory,
        {{ sorted_list('product_category') }} as product_category_list,
        {{ sorted_list('delivery') }} as delivery_list,
        cast(sum(arr) as decimal(18,2)) as arr
    from arr
    group by
        arr_month,
        ultimate_parent_account_id

),

-- The children of a parent may carry another segment than the parent: the parent's own counts.
final as (

    select
        folded.arr_month,
        folded.ultimate_parent_account_id,
        folded.ultimate_parent_account_name,
        folded.industry,
        folded.account_owner_team,
        folded.territory,
        {{ show_missing('parents.ultimate_parent_account_segment') }} as sales_segment,
        folded.product_category_list,
        folded.delivery_list,
        folded.arr,
        {{ audit_columns(created='2021-02-01', updated='2021-08-01') }}
    from folded
    left join parents
        on folded.ultimate_parent_account_id = parents.crm_account_id

)

select * from final
