{# Functions under Spark's names. #}

{% macro spark__concat(fields) -%}
  concat({{ fields | join(', ') }})
{%- endmacro %}

{% macro spark__any_value(expression) -%}
  first({{ expression }})
{%- endmacro %}

{# Spark 2 has no bool_or; the greatest of true and false is the same. #}
{% macro spark__bool_or(expression) -%}
  max({{ expression }})
{%- endmacro %}

{% macro spark__listagg(measure, delimiter_text, order_by_clause, limit_num) -%}
  {%- if order_by_clause -%}
    {%- do exceptions.warn('order_by_clause is not supported for listagg on Spark/Databricks') -%}
  {%- endif -%}
  {%- set items = ' collect_list(' ~ measure ~ ') ' -%}
  {%- set taken = ' slice(' ~ items ~ ', 1, ' ~ limit_num ~ ') ' if limit_num else items -%}
  {%- do return(' array_join(' ~ taken ~ ', ' ~ delimiter_text ~ ') ') -%}
{%- endmacro %}

{# The delimiter is a pattern here: one that begins with a sign is escaped. Parts count from 0; from the end means from the number
   of delimiters. #}
{% macro spark__split_part(string_text, delimiter_text, part_number) %}
  {%- set pattern -%}
    case when regexp_extract({{ delimiter_text }}, '([^A-Za-z0-9])(.*)', 1) != '_'
      then concat('\\', {{ delimiter_text }})
      else {{ delimiter_text }} end
  {%- endset -%}
  {%- set part %}
    {% if part_number >= 0 -%}
      split( {{ string_text }}, {{ pattern }} )[({{ part_number - 1 if part_number > 0 else part_number }})]
    {%- else -%}
      split( {{ string_text }}, {{ pattern }} )[(
        length({{ string_text }}) - length( replace({{ string_text }}, {{ delimiter_text }}, '') ) + 1 + {{ part_number }}
      )]
    {%- endif %}
  {% endset -%}
  {%- do return(part) -%}
{% endmacro %}

{# A backslash escapes a quote. #}
{% macro spark__escape_single_quotes(expression) -%}
  {{ expression | replace("'", "\\'") }}
{%- endmacro %}

{# Structs, arrays and maps take no texts. #}
{% macro spark__safe_cast(field, type) -%}
  cast({{ field.strip('"').strip("'") if field is string and cast_from_string_unsupported_for(type) else field }} as {{ type }})
{% endmacro %}

{% macro cast_from_string_unsupported_for(type) %}
  {%- set name = type | lower -%}
  {%- do return(name.startswith('struct') or name.startswith('array') or name.startswith('map')) -%}
{% endmacro %}

{% macro spark__array_construct(inputs, data_type) -%}
  array( {{ inputs | join(' , ') }} )
{%- endmacro %}

{% macro spark__array_append(array, new_element) -%}
  {{ array_concat(array, array_construct([new_element])) }}
{%- endmacro %}

{% macro spark__array_concat(array_1, array_2) -%}
  concat({{ array_1 }}, {{ array_2 }})
{%- endmacro %}

{# The function's value, or an error where it would be null: Spark gives null for dates that are none. #}
{% macro assert_not_null(function, arg) %}{{ return(adapter.dispatch('assert_not_null', 'dbt')(function, arg)) }}{% endmacro %}
{% macro spark__assert_not_null(function, arg) %}
  {% set value = function ~ '(' ~ arg ~ ')' -%}
  coalesce({{ value }}, nvl2({{ value }}, assert_true({{ value }} is not null), null))
{% endmacro %}
