{{ config(tags=['arr'], meta={'test_id': 'T-24'}) }}

-- No ARR is lost or doubled between the mart and the report, in any complete month.
with mart as (

    select
        arr_month,
        sum(arr) as arr
    from {{ ref('mart_arr') }}
    where {{ is_complete_month('arr_month') }}
    group by arr_month

),

report as (

    select
        arr_month,
        sum(arr) as arr
    from {{ ref('customer_segmentation') }}
    group by arr_month

)

select
    coalesce(mart.arr_month, report.arr_month) as arr_month,
    mart.arr as mart_arr,
    report.arr as report_arr
from mart
full outer join report
    on mart.arr_month = report.arr_month
where mart.arr is distinct from report.arr
