{# CREATE TABLE AS and CREATE VIEW. #}

{# There are no temporary tables; a temporary view stands for one. Delta and Iceberg replace in one statement. #}
{% macro spark__create_table_as(temporary, relation, compiled_code, language='sql') %}
  {%- if language == 'python' -%}
    {%- do return(py_write_table(compiled_code=compiled_code, target_relation=relation)) -%}
  {%- elif language == 'sql' and temporary -%}
    {%- do return(create_temporary_view(relation, compiled_code)) -%}
  {%- elif language == 'sql' -%}
    {%- set replaces = config.get('file_format', validator=validation.any[basestring]) in ('delta', 'iceberg') -%}
    {%- if config.get('contract').enforced -%}
      {%- do get_assert_columns_equivalent(compiled_code) -%}
      {%- set compiled_code = get_select_subquery(compiled_code) -%}
    {%- endif -%}
    create {{ 'or replace table' if replaces else 'table' }} {{ relation }}
    {{ file_format_clause() }}
    {{ options_clause() }}
    {{ tblproperties_clause() }}
    {{ partition_cols(label='partitioned by') }}
    {{ clustered_cols(label='clustered by') }}
    {{ location_clause() }}
    {{ comment_clause() }}
    as
    {{ compiled_code }}
  {%- endif -%}
{% endmacro %}

{% macro create_temporary_view(relation, compiled_code) %}{{ return(adapter.dispatch('create_temporary_view', 'dbt')(relation, compiled_code)) }}{% endmacro %}
{% macro spark__create_temporary_view(relation, compiled_code) -%}
  create or replace temporary view {{ relation }} as
  {{ compiled_code }}
{%- endmacro %}

{% macro spark__create_view_as(relation, sql) %}
  {%- if config.get('contract').enforced -%}
    {%- do get_assert_columns_equivalent(sql) -%}
  {%- endif -%}
  create or replace view {{ relation }}
  {# `emit` cannot ask for the columns. #}
  {% if config.persist_column_docs() and flags.WHICH != 'emit' -%}
    ( {{ get_persist_docs_column_list(model.columns, get_columns_in_query(sql)) }} )
  {%- endif %}
  {{ comment_clause() }}
  as
  {{ sql }}
{% endmacro %}
