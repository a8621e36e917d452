{# Date arithmetic and the clock. #}

{% macro bigquery__date(year, month, day) -%}
  date({{ year }}, {{ month }}, {{ day }})
{%- endmacro %}

{% macro bigquery__date_trunc(datepart, date) -%}
  timestamp_trunc( cast({{ date }} as timestamp), {{ datepart }} )
{%- endmacro %}

{% macro bigquery__dateadd(datepart, interval, from_date_or_timestamp) %}
  datetime_add( cast( {{ from_date_or_timestamp }} as datetime), interval {{ interval }} {{ datepart }} )
{% endmacro %}

{% macro bigquery__datediff(first_date, second_date, datepart) %}
  datetime_diff( cast({{ second_date }} as datetime), cast({{ first_date }} as datetime), {{ datepart }} )
{% endmacro %}

{% macro bigquery__current_timestamp() %}current_timestamp(){% endmacro %}

{% macro bigquery__snapshot_string_as_time(timestamp) %}{{ return('TIMESTAMP("' ~ timestamp ~ '")') }}{% endmacro %}

{% macro bigquery__current_timestamp_backcompat() %}current_timestamp{% endmacro %}
