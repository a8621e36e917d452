with arr as (

    select * from {{ ref('segmentation_base') }}

),

final as (

    select
        arr_month,
        product_category,
        delivery,
        industry,
        account_owner_team,
        territory,
        sales_segment,
        cast(sum(arr) as decimal(18,2)) as arr,
        cast(count(distinct ultimate_parent_account_id) as integer) as customer_count,
        {{ audit_columns(created='2021-02-01', updated='2021-08-01') }}
    from arr
    group by
        arr_month,
        product_category,
        delivery,
        industry,
        account_owner_team,
        territory,
        sales_segment

)

select * from final
