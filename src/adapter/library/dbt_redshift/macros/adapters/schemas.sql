{# Schemas. #}

{% macro redshift__create_schema(relation) %}
  {%- if not redshift__use_show_apis() -%}
    {%- do return(postgres__create_schema(relation)) -%}
  {%- endif -%}
  {%- call statement('create_schema') -%}
    create schema if not exists {{ relation.without_identifier() }}
  {%- endcall -%}
{% endmacro %}

{% macro redshift__drop_schema(relation) %}
  {%- if not redshift__use_show_apis() -%}
    {%- do return(postgres__drop_schema(relation)) -%}
  {%- endif -%}
  {%- call statement('drop_schema') -%}
    drop schema if exists {{ relation.without_identifier() }} cascade
  {%- endcall -%}
{% endmacro %}

{% macro redshift__information_schema_name(database) %}{{ return(postgres__information_schema_name(database)) }}{% endmacro %}

{# Some callers quote the database's name themselves. #}
{% macro redshift__list_schemas(database) %}
  {%- if not redshift__use_show_apis() -%}
    {%- do return(postgres__list_schemas(database)) -%}
  {%- endif -%}
  {%- set is_quoted = database.startswith('"') and database.endswith('"') -%}
  {%- call statement('list_schemas', fetch_result=True) -%}
    SHOW SCHEMAS FROM DATABASE {{ database if is_quoted else adapter.quote(database) }}
  {%- endcall -%}
  {%- set names = [] -%}
  {%- for row in load_result('list_schemas').table.rows -%}{%- do names.append([row['schema_name']]) -%}{%- endfor -%}
  {%- do return(names) -%}
{% endmacro %}

{# The caller reads a count out of the first cell. #}
{% macro redshift__check_schema_exists(information_schema, schema) %}
  {%- if not redshift__use_show_apis() -%}
    {%- do return(postgres__check_schema_exists(information_schema, schema)) -%}
  {%- endif -%}
  {%- call statement('check_schema_exists', fetch_result=True) -%}
    SHOW SCHEMAS FROM DATABASE {{ adapter.quote(information_schema.database) }} LIKE '{{ schema }}'
  {%- endcall -%}
  {%- do return([[load_result('check_schema_exists').table.rows | length]]) -%}
{% endmacro %}
