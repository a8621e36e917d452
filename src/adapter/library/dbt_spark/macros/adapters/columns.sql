{# Columns of tables, and comments on them. #}

{% macro get_columns_in_relation_raw(relation) %}{{ return(adapter.dispatch('get_columns_in_relation_raw', 'dbt')(relation)) }}{% endmacro %}
{% macro spark__get_columns_in_relation_raw(relation) %}
  {%- call statement('get_columns_in_relation_raw', fetch_result=True) -%}
    describe extended {{ relation }}
  {%- endcall -%}
  {%- do return(load_result('get_columns_in_relation_raw').table) -%}
{% endmacro %}

{% macro spark__get_columns_in_relation(relation) %}
  {%- call statement('get_columns_in_relation', fetch_result=True) -%}
    describe extended {{ relation.include(schema=(schema is not none)) }}
  {%- endcall -%}
  {%- do return(load_result('get_columns_in_relation').table) -%}
{% endmacro %}

{% macro spark__alter_column_type(relation, column_name, new_column_type) %}
  {%- call statement('alter_column_type') -%}
    alter table {{ relation }} alter column {{ column_name }} type {{ new_column_type }};
  {%- endcall -%}
{% endmacro %}

{% macro spark__alter_relation_add_remove_columns(relation, add_columns, remove_columns) %}
  {%- if remove_columns -%}
    {%- set platform = 'Delta Lake' if relation.is_delta else ('Iceberg' if relation.is_iceberg else 'Apache Spark') -%}
    {%- do exceptions.raise_compiler_error(platform ~ ' cannot drop columns of this table') -%}
  {%- endif -%}
  {%- set added = [] -%}
  {%- for column in add_columns or [] -%}{%- do added.append(column.quoted ~ ' ' ~ column.data_type) -%}{%- endfor -%}
  {%- do run_query('alter ' ~ relation.type ~ ' ' ~ relation ~ (' add columns ' ~ added | join(', ') if added else '')) -%}
{% endmacro %}

{# Table comments are part of the CREATE TABLE. #}
{% macro spark__persist_docs(relation, model, for_relation, for_columns) %}
  {%- if for_columns and config.persist_column_docs() and model.columns -%}
    {%- set present = adapter.get_columns_in_relation(relation) | map(attribute='name') | list -%}
    {%- do alter_column_comment(relation, validate_doc_columns(relation, model.columns, present)) -%}
  {%- endif -%}
{% endmacro %}

{# Some formats alone take comments later. #}
{% macro spark__alter_column_comment(relation, column_dict) %}
  {%- if config.get('file_format', validator=validation.any[basestring]) in ('delta', 'hudi', 'iceberg') -%}
    {%- for name, column in column_dict.items() -%}
      {%- set quoted = adapter.quote(name) if column['quote'] else name -%}
      {%- set text = column['description'] | replace("'", "\\'") -%}
      {%- do run_query('alter table ' ~ relation ~ (' alter' if relation.is_iceberg else ' change') ~ ' column ' ~ quoted ~ " comment '" ~ text ~ "';") -%}
    {%- endfor -%}
  {%- endif -%}
{% endmacro %}

{% macro get_column_comment_sql(column_name, column_dict) %}
  {%- set described = column_name in column_dict and column_dict[column_name]['description'] -%}
  {{ adapter.quote(column_name) }} {{ "comment '" ~ column_dict[column_name]['description'] | replace("'", "\\'") ~ "'" if described }}
{%- endmacro %}

{# The column list of a CREATE VIEW, with comments. #}
{% macro get_persist_docs_column_list(model_columns, query_columns) %}
  {%- for name in query_columns -%}
    {{ get_column_comment_sql(name, model_columns) }}{{ ', ' if not loop.last }}
  {%- endfor -%}
{% endmacro %}
