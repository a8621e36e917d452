{# Rows of a model per day of a date column. #}
{% macro model_count_and_group_by_date(model_name, date_column) -%}
select
    cast({{ date_column }} as date) as date_day,
    cast(count(*) as integer) as rowcount,
    {{ audit_columns(created='2021-06-01', updated='2021-08-01') }}
from {{ ref(model_name) }}
where {{ date_column }} is not null
group by cast({{ date_column }} as date)
{%- endmacro %}


{# New and updated rows per day, without the days on which nothing happened. #}
{% macro new_and_updated_per_day(new_rows, updated_rows) -%}
with dates as (

    select date_actual as date_day
    from {{ ref('dim_dates') }}

),

new_rows as (

    select * from {{ ref(new_rows) }}

),

updated_rows as (

    select * from {{ ref(updated_rows) }}

),

final as (

    select
        dates.date_day,
        coalesce(new_rows.rowcount, 0) as new_records,
        coalesce(updated_rows.rowcount, 0) as updated_records,
        {{ audit_columns(created='2021-06-01', updated='2021-08-01') }}
    from dates
    left join new_rows
        on dates.date_day = new_rows.date_day
    left join updated_rows
        on dates.date_day = updated_rows.date_day
    where new_rows.date_day is not null
        or updated_rows.date_day is not null

)

select * from final
{%- endmacro %}
