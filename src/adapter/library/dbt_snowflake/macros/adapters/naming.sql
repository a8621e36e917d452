{# Databases and schemas of nodes, where an Iceberg catalog may have a say. #}

{% macro snowflake__generate_database_name(custom_database_name=none, node=none) %}
  {%- set catalog = none -%}
  {%- if node is not none and node | attr('database') -%}
    {%- set catalog = adapter.build_catalog_relation(node) -%}
  {%- elif 'config' in target -%}
    {%- set catalog = adapter.build_catalog_relation(target) -%}
  {%- endif -%}
  {%- if catalog is not none and catalog | attr('catalog_database') -%}
    {%- do return(catalog.catalog_database) -%}
  {%- elif custom_database_name is not none -%}
    {{ custom_database_name }}
  {%- elif catalog is not none and catalog | attr('catalog_linked_database') -%}
    {%- do return(catalog.catalog_linked_database) -%}
  {%- else -%}
    {{ target.database }}
  {%- endif -%}
{% endmacro %}

{# AWS Glue knows lower case alone. #}
{% macro snowflake__generate_schema_name(custom_schema_name, node) %}
  {%- set name = target.schema if custom_schema_name is none else target.schema ~ '_' ~ custom_schema_name.strip() -%}
  {%- set catalog = adapter.build_catalog_relation(node) if node is not none and node | attr('database') else none -%}
  {{ name | lower if catalog is not none and catalog | attr('catalog_linked_database_type') == 'glue' else name }}
{%- endmacro %}
