{# Date arithmetic. #}

{% macro duckdb__date(year, month, day) -%}
  make_date({{ year }}, {{ month }}, {{ day }})
{%- endmacro %}

{# A multiple of one unit's interval, so that the number may be any expression. Quarters and weeks are counted in smaller units. #}
{% macro duckdb__dateadd(datepart, interval, from_date_or_timestamp) %}
  {% set unit = datepart | lower -%}
  {%- set amount = 'cast(' ~ interval ~ ' as bigint)' -%}
  {%- if unit == 'quarter' -%}
    ({{ from_date_or_timestamp }} + ({{ amount }} * 3) * interval 1 month)
  {%- elif unit == 'week' -%}
    ({{ from_date_or_timestamp }} + ({{ amount }} * 7) * interval 1 day)
  {%- else -%}
    ({{ from_date_or_timestamp }} + {{ amount }} * interval 1 {{ unit }})
  {%- endif -%}
{%- endmacro %}

{# Boundaries crossed. Weeks begin on Sunday here, on Monday in DuckDB's own function. #}
{% macro duckdb__datediff(first_date, second_date, datepart) %}
  {% if datepart == 'week' -%}
    ({{ datediff(first_date, second_date, 'day') }} // 7 + case
      when date_part('dow', ({{ first_date }})::timestamp) <= date_part('dow', ({{ second_date }})::timestamp) then
        case when {{ first_date }} <= {{ second_date }} then 0 else -1 end
      else
        case when {{ first_date }} <= {{ second_date }} then 1 else 0 end
    end)
  {%- else -%}
    (date_diff('{{ datepart }}', {{ first_date }}::timestamp, {{ second_date }}::timestamp ))
  {%- endif %}
{% endmacro %}

{# The comment is part of the SQL that projects have seen since the first version, and that their diffs show. #}
{% macro duckdb__last_day(date, datepart) -%}
  {%- if datepart == 'quarter' -%}
    -- duckdb dateadd does not support quarter interval.
    cast( {{ dbt.dateadd('day', '-1', dbt.dateadd('month', '3', dbt.date_trunc(datepart, date))) }} as date)
  {%- else -%}
    {{ dbt.default_last_day(date, datepart) }}
  {%- endif -%}
{%- endmacro %}
