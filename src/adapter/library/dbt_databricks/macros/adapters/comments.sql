{# Comments on tables, views and columns. #}

{% macro databricks__persist_docs(relation, model, for_relation, for_columns) %}
  {%- if for_relation and config.persist_relation_docs() and model.description -%}
    {%- do run_query_as(alter_relation_comment_sql(relation, model.description), 'alter_relation_comment', fetch_result=False) -%}
  {%- endif -%}
  {%- if for_columns and config.persist_column_docs() and model.columns -%}
    {# Those alone whose comment is not the wanted one yet. #}
    {%- do alter_column_comment(relation, adapter.get_persist_doc_columns(adapter.get_columns_in_relation(relation), model.columns)) -%}
  {%- endif -%}
{% endmacro %}

{% macro alter_relation_comment_sql(relation, description) -%}
  COMMENT ON {{ relation.type.render() | upper }} {{ relation.render() }} IS '{{ description | replace("'", "\\'") }}'
{%- endmacro %}

{% macro databricks__alter_column_comment(relation, column_dict) %}
  {%- set format = adapter.resolve_file_format(config) -%}
  {%- if format not in ('delta', 'hudi') -%}
    {%- do log('WARNING - requested to update column comments, but file format ' ~ format ~ ' does not support that.') -%}
  {%- else -%}
    {%- for column in column_dict.values() -%}
      {%- set path = relation.render() ~ '.' ~ adapter.quote(column['name']) -%}
      {%- set text = column['description'] | replace("'", "\\'") -%}
      {%- do run_query_as(comment_on_column_sql(path, text), 'alter_column_comment', fetch_result=False) -%}
    {%- endfor -%}
  {%- endif -%}
{% endmacro %}

{# The same from a mapping of names to texts. #}
{% macro alter_column_comments(relation, column_dict) %}
  {%- for name, text in column_dict.items() -%}
    {%- do log('Updating comment for column ' ~ name ~ ' with comment ' ~ text) -%}
    {%- set path = relation.render() ~ '.' ~ adapter.quote(name) -%}
    {%- do run_query_as(comment_on_column_sql(path, text | replace("'", "\\'")), 'main', fetch_result=False) -%}
  {%- endfor -%}
{% endmacro %}

{# Older runtimes have the second form. #}
{% macro comment_on_column_sql(column_path, escaped_comment) %}
  {%- if adapter.has_dbr_capability('comment_on_column') -%}
    COMMENT ON COLUMN {{ column_path }} IS '{{ escaped_comment }}'
  {%- else -%}
    {{ alter_table_change_column_comment_sql(column_path, escaped_comment) }}
  {%- endif -%}
{% endmacro %}

{% macro alter_table_change_column_comment_sql(column_path, escaped_comment) %}
  {%- set parts = column_path.split('.') -%}
  {%- if parts | length < 4 -%}
    {%- do exceptions.raise_compiler_error('Invalid column path: ' ~ column_path ~ '. Expected format: database.schema.table.column') -%}
  {%- endif -%}
  ALTER TABLE {{ parts[:-1] | join('.') }} ALTER COLUMN {{ parts[-1] }} COMMENT '{{ escaped_comment }}'
{%- endmacro %}
