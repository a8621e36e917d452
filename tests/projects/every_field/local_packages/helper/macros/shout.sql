{% macro shout(word) %}{{ return(adapter.dispatch('shout', 'helper')(word)) }}{% endmacro %}

{% macro default__shout(word) -%}
  '{{ word | upper }}'
{%- endmacro %}
