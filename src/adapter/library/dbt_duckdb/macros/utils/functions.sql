{# Functions under DuckDB's names. #}

{% macro duckdb__any_value(expression) -%}
  arbitrary({{ expression }})
{%- endmacro %}

{% macro duckdb__split_part(string_text, delimiter_text, part_number) %}
  string_split({{ string_text }}, {{ delimiter_text }})[ {{ part_number }} ]
{% endmacro %}

{% macro duckdb__listagg(measure, delimiter_text, order_by_clause, limit_num) %}
  {%- if limit_num -%}
    list_aggr( (array_agg( {{ measure }} {{ order_by_clause ~ ' ' if order_by_clause }}))[1:{{ limit_num }}], 'string_agg', {{ delimiter_text }} )
  {%- else %}
    string_agg( {{ measure }}, {{ delimiter_text }} {{ order_by_clause ~ ' ' if order_by_clause }})
  {%- endif -%}
{%- endmacro %}

{% macro duckdb__generate_series(upper_bound) %}
  select generate_series as generated_number from generate_series(1, {{ upper_bound }})
{% endmacro %}

{# A text or a list of texts as a list. #}
{% macro normalize_string_or_list(raw, field_name) %}
  {%- if raw is none -%}
    {%- do return([]) -%}
  {%- elif raw is string -%}
    {%- do return([raw]) -%}
  {%- elif raw is mapping or raw is not sequence -%}
    {%- do exceptions.raise_compiler_error(field_name ~ ' must be a list of strings or a string') -%}
  {%- endif -%}
  {%- for item in raw if item is not string -%}
    {%- do exceptions.raise_compiler_error(field_name ~ ' list values must be non-empty strings') -%}
  {%- endfor -%}
  {%- do return(raw | list) -%}
{% endmacro %}
