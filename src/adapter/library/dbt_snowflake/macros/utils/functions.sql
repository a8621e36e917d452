{# Functions under Snowflake's names. #}

{% macro snowflake__bool_or(expression) -%}
  boolor_agg({{ expression }})
{%- endmacro %}

{% macro snowflake__equals(expr1, expr2) -%}
  {%- set operator = 'IS NOT DISTINCT FROM' if adapter.behavior.enable_truthy_nulls_equals_macro.no_warn else '=' -%}
  ({{ expr1 }} {{ operator }} {{ expr2 }})
{%- endmacro %}

{# RIGHT of no characters gives the whole text. #}
{% macro snowflake__right(string_text, length_expression) %}
  case when {{ length_expression }} = 0 then ''
  else right( {{ string_text }}, {{ length_expression }} )
  end
{%- endmacro %}

{% macro snowflake__array_construct(inputs, data_type) -%}
  array_construct( {{ inputs | join(' , ') }} )
{%- endmacro %}

{# A backslash escapes a quote. #}
{% macro snowflake__escape_single_quotes(expression) -%}
  {{ expression | replace("'", "\\'") }}
{%- endmacro %}

{% macro snowflake__cast(field, type) %}
  {% if type | upper in ('GEOGRAPHY', 'GEOMETRY') -%}
    to_{{ type | lower }}({{ field }})
  {%- else -%}
    cast({{ field }} as {{ type }})
  {%- endif %}
{% endmacro %}

{# TRY_CAST takes texts, and knows no variants. #}
{% macro snowflake__safe_cast(field, type) %}
  {% if type | upper in ('GEOGRAPHY', 'GEOMETRY') -%}
    try_to_{{ type | lower }}({{ field }})
  {%- elif type | upper == 'VARIANT' -%}
    {{ adapter.dispatch('cast', 'dbt')(field, type) }}
  {%- else -%}
    try_cast({{ dbt.string_literal(field) if field is number else field }} as {{ type }})
  {%- endif %}
{% endmacro %}

{# A setting of a CREATE statement, written only when it has a value. `quote_char` may be an opening bracket. #}
{% macro optional(name, value, quote_char = '', equals_char = '= ') %}
  {%- if value is not none %} {{ name }} {{ equals_char }}{{ quote_char }}{{ value }}{{ ')' if quote_char == '(' else quote_char }} {% endif -%}
{% endmacro %}
