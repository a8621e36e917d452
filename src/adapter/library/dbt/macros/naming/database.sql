{# Which database (or catalog) a node is built in. #}

{% macro generate_database_name(custom_database_name=none, node=none) -%}
  {{ return(adapter.dispatch('generate_database_name', 'dbt')(custom_database_name, node)) }}
{%- endmacro %}

{# A catalog integration decides first, then the configuration, then the target. #}
{% macro default__generate_database_name(custom_database_name=none, node=none) -%}
  {%- if node is not none and node | attr('database') -%}
    {%- set in_catalog = adapter.build_catalog_relation(node) -%}
    {%- if in_catalog and in_catalog | attr('catalog_database') -%}
      {{ return(in_catalog.catalog_database) }}
    {%- endif -%}
  {%- endif -%}
  {{ target.database if custom_database_name is none else custom_database_name }}
{%- endmacro %}
