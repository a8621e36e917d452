{# Catalogs of Unity Catalog, and the databases of nodes. #}

{% macro current_catalog() %}{{ return(adapter.dispatch('current_catalog', 'dbt')()) }}{% endmacro %}
{% macro databricks__current_catalog() %}{{ return(run_query_as(current_catalog_sql(), 'current_catalog')) }}{% endmacro %}
{% macro current_catalog_sql() %}SELECT current_catalog(){% endmacro %}

{% macro use_catalog(catalog) %}{{ return(adapter.dispatch('use_catalog', 'dbt')(catalog)) }}{% endmacro %}
{% macro databricks__use_catalog(catalog) %}{% do run_query_as(use_catalog_sql(catalog), 'use_catalog', fetch_result=False) %}{% endmacro %}
{% macro use_catalog_sql(catalog) %}USE CATALOG {{ adapter.quote(catalog) | lower }}{% endmacro %}

{# Spark has no databases, Databricks has; a catalog integration may name one. #}
{% macro databricks__generate_database_name(custom_database_name=none, node=none) %}
  {%- set catalog = none -%}
  {%- if node is not none and node | attr('database') -%}
    {%- set catalog = adapter.build_catalog_relation(node) -%}
  {%- elif 'config' in target -%}
    {%- set catalog = adapter.build_catalog_relation(target) -%}
  {%- endif -%}
  {%- if catalog is not none and catalog | attr('catalog_database') -%}
    {%- do return(catalog.catalog_database) -%}
  {%- elif custom_database_name is not none -%}
    {%- do return(custom_database_name) -%}
  {%- elif catalog is not none and catalog.catalog_name -%}
    {%- do return(catalog.catalog_name) -%}
  {%- endif -%}
  {%- do return(target.database) -%}
{% endmacro %}
