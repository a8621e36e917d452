{{ config(tags=['arr'], meta={'test_id': 'T-22'}) }}

-- A charge stands in exactly as many months as lie between its start and its end month (or the end of the
-- calendar), and in none when it does not recur or another rule takes it out.
with charges as (

    select * from {{ ref('fct_charges') }}

),

months as (

    select date_actual
    from {{ ref('dim_dates') }}
    where day_of_month = 1

),

calendar as (

    select {{ add_months('max(date_actual)', 1) }} as month_after_calendar
    from months

),

expected as (

    select
        charges.charge_id,
        case
            when charges.is_recurring and charges.arr_exclusion_reason is null
                then {{ months_between(
                    'charges.effective_start_month',
                    'least(coalesce(charges.effective_end_month, calendar.month_after_calendar), calendar.month_after_calendar)'
                ) }}
            else 0
        end as month_count
    from charges
    cross join calendar

),

actual as (

    select
        charges.charge_id,
        count(*) as month_count
    from charges
    inner join months
        on {{ charge_covers_month(
            'months.date_actual', 'charges.effective_start_month', 'charges.effective_end_month'
        ) }}
    where charges.arr_exclusion_reason is null
    group by charges.charge_id

)

select
    expected.charge_id,
    expected.month_count as expected_month_count,
    coalesce(actual.month_count, 0) as actual_month_count
from expected
left join actual
    on expected.charge_id = actual.charge_id
where expected.month_count <> coalesce(actual.month_count, 0)
