{# Schemas. Attached databases of other kinds may have no schemas to create. #}

{% macro duckdb__create_schema(relation) %}
  {%- set foreign -%}
    select type from duckdb_databases()
    where lower(database_name) = '{{ relation.database | lower }}' and type != 'duckdb'
  {%- endset -%}
  {%- set found = run_query(foreign) -%}
  {%- set kind = found.columns[0].values()[0] if found | length > 0 else 'duckdb' -%}
  {%- if kind == 'sqlite' and relation.schema != 'main' -%}
    {%- do exceptions.raise_compiler_error("Schema must be 'main' when writing to sqlite instead got " ~ relation.schema) -%}
  {%- endif -%}
  {%- call statement('create_schema') -%}
    {{ 'create schema if not exists ' ~ relation.without_identifier() if kind not in ('sqlite', 'mysql') }}
  {%- endcall -%}
{% endmacro %}

{% macro duckdb__drop_schema(relation) %}
  {%- call statement('drop_schema') -%}
    drop schema if exists {{ relation.without_identifier() }} cascade
  {%- endcall -%}
{% endmacro %}

{# Every attached database lists its schemas in `system`. #}
{% macro duckdb__list_schemas(database) %}
  {%- set query -%}
    select schema_name
    from system.information_schema.schemata
    {{ "where lower(catalog_name) = '" ~ database | lower ~ "'" if database is not none }}
  {%- endset -%}
  {%- do return(run_query(query)) -%}
{% endmacro %}

{% macro duckdb__check_schema_exists(information_schema, schema) %}
  {%- set query -%}
    select count(*)
    from system.information_schema.schemata
    where lower(schema_name) = '{{ schema | lower }}' and lower(catalog_name) = '{{ information_schema.database | lower }}'
  {%- endset -%}
  {%- do return(run_query(query)) -%}
{% endmacro %}
