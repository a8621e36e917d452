{# Functions under Postgres' names. #}

{# Any value will do, so the least one does. #}
{% macro postgres__any_value(expression) -%}
  min({{ expression }})
{%- endmacro %}

{% macro postgres__equals(expr1, expr2) -%}
  ({{ expr1 }} {{ 'IS NOT DISTINCT FROM' if adapter.behavior.enable_truthy_nulls_equals_macro.no_warn else '=' }} {{ expr2 }})
{%- endmacro %}

{% macro postgres__listagg(measure, delimiter_text, order_by_clause, limit_num) %}
  {%- if limit_num -%}
    array_to_string( (array_agg( {{ measure }} {{ order_by_clause ~ ' ' if order_by_clause }}))[1:{{ limit_num }}], {{ delimiter_text }} )
  {%- else %}
    string_agg( {{ measure }}, {{ delimiter_text }} {{ order_by_clause ~ ' ' if order_by_clause }})
  {%- endif -%}
{%- endmacro %}

{% macro postgres__split_part(string_text, delimiter_text, part_number) %}
  {%- if part_number >= 0 -%}
    {{ dbt.default__split_part(string_text, delimiter_text, part_number) }}
  {%- else -%}
    {{ dbt._split_part_negative(string_text, delimiter_text, part_number) }}
  {%- endif -%}
{% endmacro %}
