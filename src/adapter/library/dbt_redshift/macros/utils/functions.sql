{# Functions under Redshift's names. #}

{% macro redshift__length(expression) %}
  len( {{ expression }} )
{%- endmacro %}

{% macro redshift__cast_bool_to_text(field) %}
  case when {{ field }} is true then 'true' when {{ field }} is false then 'false' end::text
{% endmacro %}

{# No array can be cut short, so with a limit the first items are cut from the text; the measure must not contain the delimiter then. #}
{% macro redshift__listagg(measure, delimiter_text, order_by_clause, limit_num) -%}
  {%- set ordering = 'within group (' ~ order_by_clause ~ ')' if order_by_clause else '' -%}
  {%- if limit_num -%}
    {%- set ns = namespace(mark=delimiter_text | trim("'")) -%}
    {%- for special in '\\^$.|?*+()[]{}' | list -%}
      {%- set ns.mark = ns.mark | replace(special, '\\\\' ~ special) -%}
    {%- endfor -%}
    {%- set item = '[^' ~ ns.mark ~ ']+' -%}
    regexp_substr( listagg( {{ measure }}, {{ delimiter_text }} ) {{ ordering }} ,'({{ item }}{{ ns.mark }}){1,{{ limit_num - 1 }}}{{ item }}' )
  {%- else %}
    listagg( {{ measure }}, {{ delimiter_text }} ) {{ ordering }}
  {%- endif -%}
{%- endmacro %}

{% macro redshift__split_part(string_text, delimiter_text, part_number) %}
  {% if part_number >= 0 -%}
    {{ dbt.default__split_part(string_text, delimiter_text, part_number) }}
  {%- else -%}
    {{ dbt._split_part_negative(string_text, delimiter_text, part_number) }}
  {%- endif %}
{% endmacro %}

{% macro redshift__array_construct(inputs, data_type) -%}
  array( {{ inputs | join(' , ') }} )
{%- endmacro %}

{% macro redshift__array_append(array, new_element) -%}
  {{ array_concat(array, array_construct([new_element])) }}
{%- endmacro %}

{% macro redshift__array_concat(array_1, array_2) -%}
  array_concat({{ array_1 }}, {{ array_2 }})
{%- endmacro %}
