{# Text functions. #}

{% macro bigquery__hash(field) -%}
  to_hex({{ dbt.default__hash(field) }})
{%- endmacro %}

{% macro bigquery__position(substring_text, string_text) %}
  strpos( {{ string_text }}, {{ substring_text }} )
{%- endmacro %}

{% macro bigquery__right(string_text, length_expression) %}
  case when {{ length_expression }} = 0 then ''
  else substr( {{ string_text }}, -1 * ({{ length_expression }}) )
  end
{%- endmacro %}

{# Arrays count from 0; from the end means from the number of delimiters. #}
{% macro bigquery__split_part(string_text, delimiter_text, part_number) %}
  {% if part_number >= 0 -%}
    split( {{ string_text }}, {{ delimiter_text }} )[safe_offset({{ part_number - 1 }})]
  {%- else -%}
    split( {{ string_text }}, {{ delimiter_text }} )[safe_offset(
      length({{ string_text }}) - length( replace({{ string_text }}, {{ delimiter_text }}, '') ) + 1 + {{ part_number }}
    )]
  {%- endif %}
{% endmacro %}

{# Long quotes let line breaks through; a backslash escapes a quote. #}
{% macro bigquery__string_literal(value) -%}
  '''{{ value }}'''
{%- endmacro %}

{% macro bigquery__escape_single_quotes(expression) -%}
  {{ expression | replace("'", "\\'") }}
{%- endmacro %}

{% macro bigquery__listagg(measure, delimiter_text, order_by_clause, limit_num) -%}
  string_agg( {{ measure }}, {{ delimiter_text }} {{ order_by_clause if order_by_clause }} {{ 'limit ' ~ limit_num if limit_num }} )
{%- endmacro %}
