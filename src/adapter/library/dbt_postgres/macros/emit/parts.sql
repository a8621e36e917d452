{# What `emit` writes otherwise: a schema's name stands alone, for a connection sees one database. #}

{% macro postgres__emit_schema(relation) %}
  {%- call statement('create_schema') -%}
    create schema if not exists {{ relation.without_identifier().include(database=False) }}
  {%- endcall -%}
{% endmacro %}
