{#
  Date arithmetic in SQL that DuckDB and PostgreSQL both read. No macro here looks at the wall clock:
  "today" is the variable `as_of_date`, so that results never drift.
#}

{% macro as_of_date() -%}
    cast('{{ var("as_of_date") }}' as date)
{%- endmacro %}


{# First day of the month that a date or timestamp lies in. #}
{% macro month_start(date) -%}
    cast(date_trunc('month', cast({{ date }} as timestamp)) as date)
{%- endmacro %}


{# The same day some months later, or earlier when `months` is negative. #}
{% macro add_months(date, months) -%}
    cast({{ date }} + {{ months }} * interval '1' month as date)
{%- endmacro %}


{# Months from one first-of-month date to another. #}
{% macro months_between(earlier, later) -%}
    cast(
        (extract(year from {{ later }}) - extract(year from {{ earlier }})) * 12
        + extract(month from {{ later }}) - extract(month from {{ earlier }})
        as integer
    )
{%- endmacro %}


{# A month is complete when it ended before `as_of_date`. #}
{% macro is_complete_month(month) -%}
    {{ month }} < {{ month_start(as_of_date()) }}
{%- endmacro %}


{# 20210731 for 2021-07-31. #}
{% macro date_id(date) -%}
    cast(
        extract(year from {{ date }}) * 10000
        + extract(month from {{ date }}) * 100
        + extract(day from {{ date }})
        as integer
    )
{%- endmacro %}


{# One row a day, both ends included. #}
{% macro calendar_days(first_day, last_day) -%}
    select cast(cast('{{ first_day }}' as date) + cast(day_number as integer) as date) as date_actual
    from (
        select ones.digit + 10 * tens.digit + 100 * hundreds.digit
            + 1000 * thousands.digit + 10000 * ten_thousands.digit as day_number
        from {{ digits() }} as ones (digit)
        cross join {{ digits() }} as tens (digit)
        cross join {{ digits() }} as hundreds (digit)
        cross join {{ digits() }} as thousands (digit)
        cross join (values (0), (1), (2)) as ten_thousands (digit)
    ) as days
    where cast('{{ first_day }}' as date) + cast(day_number as integer) <= cast('{{ last_day }}' as date)
{%- endmacro %}


{% macro digits() -%}
    (values (0), (1), (2), (3), (4), (5), (6), (7), (8), (9))
{%- endmacro %}
