with arr as (

    select * from {{ ref('segmentation_base') }}

),

cells as (

    select * from {{ ref('customer_segmentation') }}

),

unique_counts as (

    select
        arr_month,
        cast(sum(arr) as decimal(18,2)) as arr,
        cast(count(distinct ultimate_parent_account_id) as integer) as customer_count_unique
    from arr
    group by arr_month

),

-- The sum that a careless reader would make: a parent with two products is in it twice.
summed_counts as (

    select
        arr_month,
        cast(sum(customer_count) as integer) as customer_count_summed_over_segments
    from cells
    group by arr_month

),

final as (

    select
        unique_counts.arr_month,
        unique_counts.arr,
        unique_counts.customer_count_unique,
        summed_counts.customer_count_summed_over_segments,
        {{ audit_columns(created='2021-02-01', updated='2021-08-01') }}
    from unique_counts
    inner join summed_counts
        on unique_counts.arr_month = summed_counts.arr_month

)

select * from final
