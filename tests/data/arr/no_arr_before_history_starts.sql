{{ config(tags=['arr'], meta={'test_id': 'T-22'}) }}

-- The history of ARR begins with the month `history_start_month`; a row before it has a wrong start date.
select
    primary_key,
    arr_month,
    arr
from {{ ref('mart_arr') }}
where arr_month < cast('{{ var("history_start_month") }}' as date)
