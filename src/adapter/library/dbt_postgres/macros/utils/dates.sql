{# Date arithmetic. #}

{% macro postgres__dateadd(datepart, interval, from_date_or_timestamp) %}
  {{ from_date_or_timestamp }} + ((interval '1 {{ datepart }}') * ({{ interval }}))
{% endmacro %}

{# Boundaries crossed. Every part builds on the next larger one that has a fixed length. #}
{% macro postgres__datediff(first_date, second_date, datepart) %}
  {% set a = '(' ~ first_date ~ ')' -%}
  {%- set b = '(' ~ second_date ~ ')' -%}
  {%- if datepart == 'year' -%}
    (date_part('year', {{ b }}::date) - date_part('year', {{ a }}::date))
  {%- elif datepart in ('quarter', 'month') -%}
    ({{ datediff(first_date, second_date, 'year') }} * {{ 4 if datepart == 'quarter' else 12 }} + date_part('{{ datepart }}', {{ b }}::date) - date_part('{{ datepart }}', {{ a }}::date))
  {%- elif datepart == 'day' -%}
    ({{ b }}::date - {{ a }}::date)
  {%- elif datepart == 'week' -%}
    ({{ datediff(first_date, second_date, 'day') }} / 7 + case
      when date_part('dow', {{ a }}::timestamp) <= date_part('dow', {{ b }}::timestamp) then
        case when {{ first_date }} <= {{ second_date }} then 0 else -1 end
      else
        case when {{ first_date }} <= {{ second_date }} then 1 else 0 end
    end)
  {%- elif datepart in ('hour', 'minute') -%}
    ({{ datediff(first_date, second_date, 'day' if datepart == 'hour' else 'hour') }} * {{ 24 if datepart == 'hour' else 60 }} + date_part('{{ datepart }}', {{ b }}::timestamp) - date_part('{{ datepart }}', {{ a }}::timestamp))
  {%- elif datepart in ('second', 'millisecond', 'microsecond') -%}
    {%- set in_a_minute = {'second': 60, 'millisecond': 60000, 'microsecond': 60000000}[datepart] -%}
    ({{ datediff(first_date, second_date, 'minute') }} * {{ in_a_minute }} + floor(date_part('{{ datepart }}', {{ b }}::timestamp)) - floor(date_part('{{ datepart }}', {{ a }}::timestamp)))
  {%- else -%}
    {%- do exceptions.raise_compiler_error("datediff: postgres has no datepart '" ~ datepart ~ "'") -%}
  {%- endif %}
{% endmacro %}

{# The comment is part of the SQL that projects have seen since the first version, and that their diffs show. #}
{% macro postgres__last_day(date, datepart) -%}
  {%- if datepart == 'quarter' -%}
    -- postgres dateadd does not support quarter interval.
    cast( {{ dbt.dateadd('day', '-1', dbt.dateadd('month', '3', dbt.date_trunc(datepart, date))) }} as date)
  {%- else -%}
    {{ dbt.default_last_day(date, datepart) }}
  {%- endif -%}
{%- endmacro %}
