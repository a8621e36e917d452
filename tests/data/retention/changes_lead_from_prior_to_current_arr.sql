{{ config(tags=['retention'], meta={'test_id': 'T-28'}) }}

-- The ARR of twelve months before, plus the changes of every type, is the ARR that the same customers have now.
-- Both ends are read from `mart_arr`, the changes from the retention mart.
with parent_months as (

    select
        ultimate_parent_account_id,
        arr_month,
        sum(arr) as arr
    from {{ ref('mart_arr') }}
    where {{ is_complete_month('arr_month') }}
    group by
        ultimate_parent_account_id,
        arr_month

),

ends as (

    select
        {{ add_months('prior_year.arr_month', 12) }} as retention_month,
        sum(prior_year.arr) as prior_arr,
        sum(coalesce(this_year.arr, 0)) as current_arr
    from parent_months as prior_year
    left join parent_months as this_year
        on prior_year.ultimate_parent_account_id = this_year.ultimate_parent_account_id
        and this_year.arr_month = {{ add_months('prior_year.arr_month', 12) }}
    where prior_year.arr > 0
        and {{ is_complete_month(add_months('prior_year.arr_month', 12)) }}
    group by {{ add_months('prior_year.arr_month', 12) }}

),

changes as (

    select
        retention_month,
        sum(
            case
                when type_of_arr_change = 'Churn' then -prior_year_arr
                when type_of_arr_change in ('Contraction', 'Expansion') then net_retention_arr - prior_year_arr
                else 0
            end
        ) as arr_change
    from {{ ref('mart_retention_parent_account') }}
    group by retention_month

)

select
    coalesce(ends.retention_month, changes.retention_month) as retention_month,
    ends.prior_arr,
    changes.arr_change,
    ends.current_arr
from ends
full outer join changes
    on ends.retention_month = changes.retention_month
where ends.prior_arr + changes.arr_change is distinct from ends.current_arr
