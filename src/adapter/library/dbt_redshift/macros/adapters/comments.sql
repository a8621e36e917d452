{# Comments on tables, views and columns. #}

{% macro escape_comment(comment) %}{{ return(postgres_escape_comment(comment)) }}{% endmacro %}

{% macro redshift__alter_relation_comment(relation, comment) -%}
  comment on {{ 'view' if relation.type == 'materialized_view' else relation.type }} {{ relation }} is {{ escape_comment(comment) }};
{%- endmacro %}

{% macro redshift__alter_column_comment(relation, column_dict) %}{{ return(postgres__alter_column_comment(relation, column_dict)) }}{% endmacro %}

{# Columns of late-binding views take no comments. #}
{% macro redshift__persist_docs(relation, model, for_relation, for_columns) %}
  {%- set binds_late = relation.type == 'view' and config.get('bind') == false -%}
  {%- do default__persist_docs(relation, model, for_relation, for_columns and not binds_late) -%}
{% endmacro %}
