{# The steps of a swap: the new version under its intermediate name, the old one under its backup name. #}

{% macro get_create_intermediate_sql(relation, sql) %}
  {%- do log('Applying CREATE INTERMEDIATE to: ' ~ relation) -%}
  {%- do return(adapter.dispatch('get_create_intermediate_sql', 'dbt')(relation, sql)) -%}
{% endmacro %}
{% macro default__get_create_intermediate_sql(relation, sql) %}
  {%- set intermediate = make_intermediate_relation(relation) -%}
  {{ get_drop_sql(intermediate) }};
  {{ get_create_sql(intermediate, sql) }}
{%- endmacro %}

{% macro get_rename_intermediate_sql(relation) %}
  {%- do log('Applying RENAME INTERMEDIATE to: ' ~ relation) -%}
  {%- do return(adapter.dispatch('get_rename_intermediate_sql', 'dbt')(relation)) -%}
{% endmacro %}
{% macro default__get_rename_intermediate_sql(relation) %}
  {{- get_rename_sql(make_intermediate_relation(relation), relation.identifier) -}}
{% endmacro %}

{% macro get_create_backup_sql(relation) %}
  {%- do log('Applying CREATE BACKUP to: ' ~ relation) -%}
  {%- do return(adapter.dispatch('get_create_backup_sql', 'dbt')(relation)) -%}
{% endmacro %}
{% macro default__get_create_backup_sql(relation) %}
  {%- set backup = make_backup_relation(relation, relation.type) -%}
  {{ get_drop_sql(backup) }};
  {{ get_rename_sql(relation, backup.identifier) }}
{%- endmacro %}

{% macro get_drop_backup_sql(relation) %}
  {%- do log('Applying DROP BACKUP to: ' ~ relation) -%}
  {%- do return(adapter.dispatch('get_drop_backup_sql', 'dbt')(relation)) -%}
{% endmacro %}
{% macro default__get_drop_backup_sql(relation) %}
  {{- get_drop_sql(make_backup_relation(relation, relation.type)) -}}
{% endmacro %}
