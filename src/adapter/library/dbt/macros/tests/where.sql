{# A data test's `where`: the tested table becomes a filtered subquery. #}

{% macro get_where_subquery(relation) -%}
  {{ return(adapter.dispatch('get_where_subquery', 'dbt')(relation)) }}
{%- endmacro %}

{% macro default__get_where_subquery(relation) -%}
  {%- set condition = config.get('where', '') -%}
  {%- if not condition -%}
    {%- do return(relation) -%}
  {%- endif -%}
  {%- set filtered -%}
    (select * from {{ relation }} where {{ condition }}) dbt_subquery
  {%- endset -%}
  {%- do return(filtered) -%}
{%- endmacro %}
