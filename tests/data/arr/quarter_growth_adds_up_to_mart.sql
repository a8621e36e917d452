{{ config(tags=['arr'], meta={'test_id': 'T-26'}) }}

-- Each quarter's ARR, this year's and last year's, is the mart's ARR of the month it stands for.
with growth as (

    select
        fiscal_quarter_name_fy,
        sum(ty_arr) as ty_arr,
        sum(ly_arr) as ly_arr
    from {{ ref('customer_segmentation_quarter_growth') }}
    group by fiscal_quarter_name_fy

),

mart as (

    select
        arr_month,
        sum(arr) as arr
    from {{ ref('mart_arr') }}
    group by arr_month

),

quarters as (

    select * from {{ ref('complete_fiscal_quarters') }}
    where last_month_a_year_before is not null

)

select
    quarters.fiscal_quarter_name_fy,
    growth.ty_arr,
    this_year.arr as mart_ty_arr,
    growth.ly_arr,
    last_year.arr as mart_ly_arr
from quarters
left join growth
    on quarters.fiscal_quarter_name_fy = growth.fiscal_quarter_name_fy
left join mart as this_year
    on quarters.last_month_of_quarter = this_year.arr_month
left join mart as last_year
    on quarters.last_month_a_year_before = last_year.arr_month
where coalesce(growth.ty_arr, 0) <> coalesce(this_year.arr, 0)
    or coalesce(growth.ly_arr, 0) <> coalesce(last_year.arr, 0)
