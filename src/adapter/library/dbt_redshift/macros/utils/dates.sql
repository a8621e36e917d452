{# Date arithmetic: the common forms, which Postgres' would otherwise hide. #}

{% macro redshift__dateadd(datepart, interval, from_date_or_timestamp) %}
  dateadd( {{ datepart }}, {{ interval }}, {{ from_date_or_timestamp }} )
{% endmacro %}

{% macro redshift__datediff(first_date, second_date, datepart) -%}
  datediff( {{ datepart }}, {{ first_date }}, {{ second_date }} )
{%- endmacro %}

{% macro redshift__last_day(date, datepart) %}
  {% set next_period = dbt.dateadd(datepart, '1', dbt.date_trunc(datepart, date)) -%}
  cast( {{ dbt.dateadd('day', '-1', next_period) }} as date)
{% endmacro %}
