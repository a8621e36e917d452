with days as (

    {{ calendar_days(var('spine_start'), var('spine_end')) }}

),

parts as (

    select
        date_actual,
        cast(extract(isodow from date_actual) as integer) as day_of_week,
        cast(extract(day from date_actual) as integer) as day_of_month,
        cast(extract(month from date_actual) as integer) as month_actual,
        cast(extract(year from date_actual) as integer) as year_actual,
        cast(extract(quarter from date_actual) as integer) as quarter_actual,
        {{ month_start('date_actual') }} as first_day_of_month,
        {{ fiscal_year('date_actual') }} as fiscal_year,
        {{ fiscal_quarter('date_actual') }} as fiscal_quarter,
        {{ month_of_fiscal_year('date_actual') }} as month_of_fiscal_year
    from days

),

periods as (

    select
        *,
        {{ add_months('first_day_of_month', '(3 * (fiscal_quarter - 1) + 1 - month_of_fiscal_year)') }}
            as first_day_of_fiscal_quarter,
        {{ add_months('first_day_of_month', '(3 * fiscal_quarter - month_of_fiscal_year)') }}
            as last_month_of_fiscal_quarter,
        {{ add_months('first_day_of_month', '(1 - month_of_fiscal_year)') }} as first_day_of_fiscal_year,
        {{ add_months('first_day_of_month', '(12 - month_of_fiscal_year)') }} as last_month_of_fiscal_year
    from parts

),

final as (

    select
        {{ date_id('date_actual') }} as date_id,
        date_actual,
        case day_of_week
            when 1 then 'Monday'
            when 2 then 'Tuesday'
            when 3 then 'Wednesday'
            when 4 then 'Thursday'
            when 5 then 'Friday'
            when 6 then 'Saturday'
            else 'Sunday'
        end as day_name,
        day_of_week,
        day_of_month,
        month_actual,
        year_actual,
        quarter_actual,
        first_day_of_month,
        {{ add_months('first_day_of_month', 1) }} - 1 as last_day_of_month,
        fiscal_year,
        fiscal_quarter,
        {{ fiscal_quarter_name('fiscal_year', 'fiscal_quarter') }} as fiscal_quarter_name_fy,
        month_of_fiscal_year,
        first_day_of_fiscal_quarter,
        {{ add_months('last_month_of_fiscal_quarter', 1) }} - 1 as last_day_of_fiscal_quarter,
        first_day_of_fiscal_year,
        {{ add_months('last_month_of_fiscal_year', 1) }} - 1 as last_day_of_fiscal_year,
        last_month_of_fiscal_quarter,
        date_actual = last_month_of_fiscal_quarter as is_first_day_of_last_month_of_fiscal_quarter,
        last_month_of_fiscal_year,
        date_actual = last_month_of_fiscal_year as is_first_day_of_last_month_of_fiscal_year,
        (month_actual = 1 and day_of_month = 1)
            or (month_actual = 12 and day_of_month in (25, 26)) as is_holiday,
        {{ audit_columns(created='2021-02-01', updated='2021-08-01') }}
    from periods

)

select * from final
