{{ config(tags=['crm_account'], meta={'test_id': 'T-36'}, severity='warn') }}

-- ARR of a complete month that hangs on no known customer. It counts, but somebody should look.
select
    arr_month,
    sum(arr) as arr
from {{ ref('mart_arr') }}
where ultimate_parent_account_id = {{ unknown_member_id() }}
    and {{ is_complete_month('arr_month') }}
group by arr_month
