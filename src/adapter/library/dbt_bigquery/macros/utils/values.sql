{# Casts, arrays, aggregates and comparisons. #}

{% macro bigquery__equals(expr1, expr2) -%}
  {%- set operator = 'IS NOT DISTINCT FROM' if adapter.behavior.enable_truthy_nulls_equals_macro.no_warn else '=' -%}
  ({{ expr1 }} {{ operator }} {{ expr2 }})
{%- endmacro %}

{# Arrays have no cast: each element is cast, and the array made again. Structs, geographies and JSON take no texts. #}
{% macro bigquery__safe_cast(field, type) %}
  {%- set is_elements = field is iterable and field is not string and field is not mapping -%}
  {%- if type | lower == 'json' and field is mapping -%}
    safe_cast(json {{ dbt.string_literal(tojson(field)) }} as json)
  {%- elif type.lower().startswith('array') and is_elements and field | length > 0 -%}
    {%- set element_type = type.lower()[6:-1] -%}
    {%- set elements = field -%}
    {%- if cast_from_string_unsupported_for(element_type) -%}
      {%- set bare = [] -%}
      {%- for element in field -%}{%- do bare.append(element.strip('"').strip("'")) -%}{%- endfor -%}
      {%- set elements = '[ ' ~ bare | join(', ') ~ ' ]' -%}
    {%- endif -%}
    (select array_agg(safe_cast(i as {{ element_type }})) from unnest({{ elements }}) i)
  {%- elif cast_from_string_unsupported_for(type) and field is string -%}
    safe_cast({{ field.strip('"').strip("'") }} as {{ type }})
  {%- else -%}
    safe_cast({{ field }} as {{ type }})
  {%- endif -%}
{% endmacro %}

{% macro cast_from_string_unsupported_for(type) %}{{ return(type.lower().startswith('struct') or type | lower == 'geography') }}{% endmacro %}

{% macro bigquery__bool_or(expression) -%}
  logical_or({{ expression }})
{%- endmacro %}

{% macro bigquery__array_construct(inputs, data_type) -%}
  {%- if inputs | length > 0 %}
    [ {{ inputs | join(' , ') }} ]
  {%- else %}
    ARRAY<{{ data_type }}>[]
  {%- endif %}
{% endmacro %}

{% macro bigquery__array_append(array, new_element) -%}
  {{ array_concat(array, array_construct([new_element])) }}
{%- endmacro %}

{% macro bigquery__array_concat(array_1, array_2) -%}
  array_concat({{ array_1 }}, {{ array_2 }})
{%- endmacro %}

{# The set operators keep space around them: they may touch the queries that they join. #}
{% macro bigquery__except() %} except distinct {% endmacro %}

{% macro bigquery__intersect() %} intersect distinct {% endmacro %}
