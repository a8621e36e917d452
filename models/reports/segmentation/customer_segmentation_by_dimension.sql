with arr as (

    select * from {{ ref('segmentation_base') }}

),

month_totals as (

    select
        arr_month,
        sum(arr) as arr
    from arr
    group by arr_month

),

by_value as (

    {%- for dimension in segmentation_dimensions() %}

    select
        arr_month,
        '{{ dimension.name }}' as dimension,
        {{ dimension.name }} as value,
        sum(arr) as arr,
        count(distinct ultimate_parent_account_id) as customer_count
    from arr
    group by
        arr_month,
        {{ dimension.name }}

    {% if not loop.last %}union all{% endif %}
    {%- endfor %}

),

final as (

    select
        by_value.arr_month,
        by_value.dimension,
        by_value.value,
        cast(by_value.arr as decimal(18,2)) as arr,
        cast(by_value.customer_count as integer) as customer_count,
        {{ rate('by_value.arr', 'month_totals.arr') }} as share_of_arr,
        {{ audit_columns(created='2021-08-01', updated='2021-08-01') }}
    from by_value
    inner join month_totals
        on by_value.arr_month = month_totals.arr_month

)

select * from final
