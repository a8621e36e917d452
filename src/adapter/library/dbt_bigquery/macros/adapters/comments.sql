{# Descriptions, written through the API. #}

{% macro bigquery__persist_docs(relation, model, for_relation, for_columns) %}
  {%- if for_relation and config.persist_relation_docs() and model.description -%}
    {%- do alter_relation_comment(relation, model.description) -%}
  {%- endif -%}
  {%- if for_columns and config.persist_column_docs() and model.columns -%}
    {# A struct, its fields, and theirs: any of them may have a description. #}
    {%- set known = [] -%}
    {%- for column in adapter.get_columns_in_relation(relation) -%}
      {%- for leaf in column.flatten() -%}
        {%- set parts = leaf.name.split('.') -%}
        {%- for depth in range(1, parts | length + 1) -%}
          {%- do known.append(parts[:depth] | join('.')) -%}
        {%- endfor -%}
      {%- endfor -%}
    {%- endfor -%}
    {%- do alter_column_comment(relation, validate_doc_columns(relation, model.columns, known | unique | list)) -%}
  {%- endif -%}
{% endmacro %}

{# Tables get theirs with their DDL already; the flag saves the second call. #}
{% macro bigquery__alter_relation_comment(relation, relation_comment) %}
  {%- if not adapter.behavior.bigquery_noop_alter_relation_comment.no_warn -%}
    {%- do adapter.update_table_description(relation.database, relation.schema, relation.identifier, relation_comment, relation.type) -%}
  {%- endif -%}
{% endmacro %}

{% macro bigquery__alter_column_comment(relation, column_dict) %}{% do adapter.update_columns(relation, column_dict) %}{% endmacro %}
