{# Comments. Texts stand between dollar signs, so a dollar sign inside is put in brackets. #}

{% macro snowflake__alter_relation_comment(relation, relation_comment) %}
  {%- set text = '$$' ~ relation_comment | replace('$', '[$]') ~ '$$' -%}
  {%- set kind = 'dynamic table' if relation.is_dynamic_table else ('table' if relation.is_interactive_table else relation.type) -%}
  {%- if relation.is_iceberg_format -%}
    alter iceberg table {{ relation.render() }} set comment = {{ text }};
  {%- else -%}
    comment on {{ kind }} {{ relation.render() }} IS {{ text }};
  {%- endif -%}
{% endmacro %}

{# Every column is named; those without a description get an empty comment. #}
{% macro snowflake__alter_column_comment(relation, column_dict) %}
  {%- set present = adapter.get_columns_in_relation(relation) | map(attribute='name') | list -%}
  {%- set described = validate_doc_columns(relation, column_dict, present) -%}
  {%- set kind = 'table' if relation.is_dynamic_table or relation.is_interactive_table else relation.type -%}
  alter {{ relation.get_ddl_prefix_for_alter() }} {{ kind }} {{ relation.render() }} alter
  {% for name in present -%}
    {{ get_column_comment_sql(name, described) }}{{ ',' if not loop.last else ';' }}
  {% endfor -%}
{% endmacro %}

{% macro snowflake__persist_docs(relation, model, for_relation, for_columns) %}
  {%- if for_relation and config.persist_relation_docs() and model.description -%}
    {%- do run_query(alter_relation_comment(relation, model.description)) -%}
  {%- endif -%}
  {%- if for_columns and config.persist_column_docs() and model.columns -%}
    {%- set comments = alter_column_comment(relation, model.columns) -%}
    {%- if comments and comments | trim -%}{%- do run_query(comments) -%}{%- endif -%}
  {%- endif -%}
{% endmacro %}

{# YAML may spell the column in upper case, lower case, or as it is. #}
{% macro get_column_comment_sql(column_name, column_dict) %}
  {%- set spellings = [column_name | upper, column_name | lower, column_name] | select('in', column_dict) | list -%}
  {%- set text = column_dict[spellings[0]]['description'] | replace('$', '[$]') if spellings else '' -%}
  {{ adapter.quote(column_name) }} COMMENT {{ '$$' ~ text ~ '$$' }}
{%- endmacro %}

{# The column list of a CREATE VIEW, with comments. #}
{% macro get_persist_docs_column_list(model_columns, query_columns) %}
(
  {% for name in query_columns -%}
    {{ get_column_comment_sql(name, model_columns) }}{{ ', ' if not loop.last }}
  {% endfor -%}
)
{% endmacro %}
