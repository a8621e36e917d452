{# Date arithmetic. #}

{% macro date(year, month, day) %}{{ return(adapter.dispatch('date', 'dbt')(year, month, day)) }}{% endmacro %}
{% macro default__date(year, month, day) -%}
  to_date('{{ modules.datetime.date(year, month, day).strftime('%Y-%m-%d') }}', 'YYYY-MM-DD')
{%- endmacro %}

{% macro date_trunc(datepart, date) %}{{ return(adapter.dispatch('date_trunc', 'dbt')(datepart, date)) }}{% endmacro %}
{% macro default__date_trunc(datepart, date) -%}
  date_trunc('{{ datepart }}', {{ date }})
{%- endmacro %}

{% macro dateadd(datepart, interval, from_date_or_timestamp) %}
  {{- return(adapter.dispatch('dateadd', 'dbt')(datepart, interval, from_date_or_timestamp)) -}}
{% endmacro %}
{% macro default__dateadd(datepart, interval, from_date_or_timestamp) %}
  dateadd( {{ datepart }}, {{ interval }}, {{ from_date_or_timestamp }} )
{% endmacro %}

{% macro datediff(first_date, second_date, datepart) %}
  {{- return(adapter.dispatch('datediff', 'dbt')(first_date, second_date, datepart)) -}}
{% endmacro %}
{% macro default__datediff(first_date, second_date, datepart) -%}
  datediff( {{ datepart }}, {{ first_date }}, {{ second_date }} )
{%- endmacro %}

{# The last day of the period that the date lies in. #}
{% macro last_day(date, datepart) %}{{ return(adapter.dispatch('last_day', 'dbt')(date, datepart)) }}{% endmacro %}
{% macro default__last_day(date, datepart) %}{{ dbt.default_last_day(date, datepart) }}{% endmacro %}

{# To the period's first day, on to the next period, one day back. #}
{% macro default_last_day(date, datepart) -%}
  {%- set next_period = dbt.dateadd(datepart, '1', dbt.date_trunc(datepart, date)) -%}
  cast( {{ dbt.dateadd('day', '-1', next_period) }} as date)
{%- endmacro %}
