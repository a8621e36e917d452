{%- set dimensions = segmentation_dimensions() | map(attribute='name') | list %}

with cells as (

    select * from {{ ref('customer_segmentation') }}

),

quarters as (

    select * from {{ ref('complete_fiscal_quarters') }}
    where last_month_a_year_before is not null

),

this_year as (

    select
        quarters.fiscal_quarter_name_fy,
        cells.*
    from cells
    inner join quarters
        on cells.arr_month = quarters.last_month_of_quarter

),

last_year as (

    select
        quarters.fiscal_quarter_name_fy,
        cells.*
    from cells
    inner join quarters
        on cells.arr_month = quarters.last_month_a_year_before

),

-- A full join, so that cells which appeared or vanished within the year show with a zero on the other side.
joined as (

    select
        coalesce(this_year.fiscal_quarter_name_fy, last_year.fiscal_quarter_name_fy) as fiscal_quarter_name_fy,
        {%- for dimension in dimensions %}
        coalesce(this_year.{{ dimension }}, last_year.{{ dimension }}) as {{ dimension }},
        {%- endfor %}
        coalesce(this_year.arr, 0) as ty_arr,
        coalesce(last_year.arr, 0) as ly_arr,
        coalesce(this_year.customer_count, 0) as ty_customer_count,
        coalesce(last_year.customer_count, 0) as ly_customer_count
    from this_year
    full outer join last_year
        on this_year.fiscal_quarter_name_fy = last_year.fiscal_quarter_name_fy
        {%- for dimension in dimensions %}
        and this_year.{{ dimension }} = last_year.{{ dimension }}
        {%- endfor %}

),

final as (

    select
        fiscal_quarter_name_fy,
        {%- for dimension in dimensions %}
        {{ dimension }},
        {%- endfor %}
        cast(ty_arr as decimal(18,2)) as ty_arr,
        cast(ly_arr as decimal(18,2)) as ly_arr,
        ty_customer_count,
        ly_customer_count,
        cast(ty_arr - ly_arr as decimal(18,2)) as arr_growth,
        {{ growth_rate('ty_arr', 'ly_arr') }} as arr_growth_rate,
        {{ audit_columns(created='2021-02-01', updated='2021-08-01') }}
    from joined

)

select * from final
