{# Date arithmetic and the clock. #}

{% macro spark__current_timestamp() %}current_timestamp(){% endmacro %}

{% macro spark__date(year, month, day) -%}
  to_date('{{ modules.datetime.date(year, month, day).strftime('%Y-%m-%d') }}', 'yyyy-MM-dd')
{%- endmacro %}

{# Days and months are added to the date; the time of day, in seconds, is added again after. #}
{% macro spark__dateadd(datepart, interval, from_date_or_timestamp) %}
  {%- set time_of_day -%}
    to_unix_timestamp({{ assert_not_null('to_timestamp', from_date_or_timestamp) }})
    - to_unix_timestamp({{ assert_not_null('date', from_date_or_timestamp) }})
  {%- endset -%}
  {%- set in_days = {'day': 1, 'week': 7} -%}
  {%- set in_months = {'month': 1, 'quarter': 3, 'year': 12} -%}
  {%- set in_seconds = {'hour': '3600', 'minute': '60', 'second': '1', 'millisecond': '(1/1000000)', 'microsecond': '(1/1000000)'} -%}
  {%- if datepart in in_days -%}
    to_timestamp( to_unix_timestamp( date_add(
      {{ assert_not_null('date', from_date_or_timestamp) }}, cast({{ interval }} * {{ in_days[datepart] }} as int)
    ) ) + {{ time_of_day }} )
  {%- elif datepart in in_months -%}
    to_timestamp( to_unix_timestamp( add_months(
      {{ assert_not_null('date', from_date_or_timestamp) }}, cast({{ interval }} * {{ in_months[datepart] }} as int)
    ) ) + {{ time_of_day }} )
  {%- elif datepart in in_seconds -%}
    to_timestamp(
      {{ assert_not_null('to_unix_timestamp', from_date_or_timestamp) }} + cast({{ interval }} * {{ in_seconds[datepart] }} as int)
    )
  {%- else -%}
    {%- do exceptions.raise_compiler_error("dateadd: Spark has no datepart '" ~ datepart ~ "'") -%}
  {%- endif -%}
{% endmacro %}

{# Boundaries crossed: whole periods between, and one more where the rest crosses. Sub-second parts are read from the text. #}
{% macro spark__datediff(first_date, second_date, datepart) %}
  {%- set a = first_date -%}
  {%- set b = second_date -%}
  {%- if datepart in ('day', 'week', 'month', 'quarter', 'year') -%}
    {%- set a = assert_not_null('date', first_date) -%}
    {%- set b = assert_not_null('date', second_date) -%}
  {%- endif -%}
  {%- if datepart == 'day' -%}
    datediff({{ b }}, {{ a }})
  {%- elif datepart == 'week' -%}
    case when {{ a }} < {{ b }}
      then floor(datediff({{ b }}, {{ a }})/7)
      else ceil(datediff({{ b }}, {{ a }})/7)
      end
    + case
      when {{ a }} < {{ b }} and dayofweek({{ b }}) < dayofweek({{ a }}) then 1
      when {{ a }} > {{ b }} and dayofweek({{ b }}) > dayofweek({{ a }}) then -1
      else 0 end
  {%- elif datepart == 'month' -%}
    case when {{ a }} < {{ b }}
      then floor(months_between(date({{ b }}), date({{ a }})))
      else ceil(months_between(date({{ b }}), date({{ a }})))
      end
    + case
      when {{ a }} < {{ b }} and dayofmonth({{ b }}) < dayofmonth({{ a }}) then 1
      when {{ a }} > {{ b }} and dayofmonth({{ b }}) > dayofmonth({{ a }}) then -1
      else 0 end
  {%- elif datepart == 'quarter' -%}
    {%- set rest_of_a = '(dayofyear(' ~ a ~ ') - (quarter(' ~ a ~ ') * 365/4))' -%}
    {%- set rest_of_b = '(dayofyear(' ~ b ~ ') - (quarter(' ~ b ~ ') * 365/4))' -%}
    case when {{ a }} < {{ b }}
      then floor(months_between(date({{ b }}), date({{ a }}))/3)
      else ceil(months_between(date({{ b }}), date({{ a }}))/3)
      end
    + case
      when {{ a }} < {{ b }} and ( {{ rest_of_b }} < {{ rest_of_a }} ) then 1
      when {{ a }} > {{ b }} and ( {{ rest_of_b }} > {{ rest_of_a }} ) then -1
      else 0 end
  {%- elif datepart == 'year' -%}
    year({{ b }}) - year({{ a }})
  {%- elif datepart in ('hour', 'minute', 'second', 'millisecond', 'microsecond') -%}
    {%- set seconds = {'hour': '3600', 'minute': '60', 'second': '1', 'millisecond': '(1/1000)', 'microsecond': '(1/1000000)'}[datepart] -%}
    {%- set elapsed -%}
      {{ assert_not_null('to_unix_timestamp', assert_not_null('to_timestamp', b)) }} - {{ assert_not_null('to_unix_timestamp', assert_not_null('to_timestamp', a)) }}
    {%- endset -%}
    case when {{ a }} < {{ b }}
      then ceil(( {{ elapsed }} ) / {{ seconds }})
      else floor(( {{ elapsed }} ) / {{ seconds }})
      end
    {% if datepart == 'millisecond' -%}
      + cast(date_format({{ b }}, 'SSS') as int) - cast(date_format({{ a }}, 'SSS') as int)
    {%- elif datepart == 'microsecond' -%}
      {%- set digits = '[0-9]{4}-[0-9]{2}-[0-9]{2}.[0-9]{2}:[0-9]{2}:[0-9]{2}.([0-9]{6})' -%}
      + cast(regexp_extract({{ b }}, '{{ digits }}', 1) as int) - cast(regexp_extract({{ a }}, '{{ digits }}', 1) as int)
    {%- endif -%}
  {%- else -%}
    {%- do exceptions.raise_compiler_error("datediff: Spark has no datepart '" ~ datepart ~ "'") -%}
  {%- endif -%}
{% endmacro %}
