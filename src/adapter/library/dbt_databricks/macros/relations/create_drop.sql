{# Creating, dropping and renaming, by kind. #}

{% macro databricks__get_create_sql(relation, sql) %}
  {%- if relation.is_view -%}
    {{ get_create_view_as_sql(relation, sql) }}
  {%- elif relation.is_table -%}
    {{ get_create_table_as_sql(False, relation, sql) }}
  {%- elif relation.is_materialized_view -%}
    {{ get_create_materialized_view_as_sql(relation, sql) }}
  {%- elif relation.is_streaming_table -%}
    {{ get_create_streaming_table_as_sql(relation, sql) }}
  {%- elif relation.is_metric_view -%}
    {{ get_create_metric_view_as_sql(relation, sql) }}
  {%- else -%}
    {%- do exceptions.raise_compiler_error('`get_create_sql` has not been implemented for: ' ~ relation.type) -%}
  {%- endif -%}
{% endmacro %}

{% macro databricks__get_drop_sql(relation) %}
  {%- if relation.is_materialized_view -%}
    {{ drop_materialized_view(relation) }}
  {%- elif relation.is_streaming_table -%}
    {{ drop_streaming_table(relation) }}
  {%- elif relation.is_view or relation.is_metric_view -%}
    {{ drop_view(relation) }}
  {%- else -%}
    {{ drop_table(relation) }}
  {%- endif -%}
{% endmacro %}

{% macro databricks__drop_relation(relation) %}
  {%- call statement('drop_relation', auto_begin=False) -%}
    {{ get_drop_sql(relation) }}
  {%- endcall -%}
{% endmacro %}

{% macro databricks__drop_table(relation) -%}
  drop table if exists {{ relation.render() }}
{%- endmacro %}

{% macro databricks__drop_view(relation) -%}
  DROP VIEW IF EXISTS {{ relation.render() }}
{%- endmacro %}

{% macro databricks__drop_materialized_view(relation) -%}
  drop materialized view if exists {{ relation.render() }}
{%- endmacro %}

{# A streaming table is dropped as a table. #}
{% macro drop_streaming_table(relation) %}{{ return(adapter.dispatch('drop_streaming_table', 'dbt')(relation)) }}{% endmacro %}
{% macro default__drop_streaming_table(relation) -%}
  drop table if exists {{ relation.render() }}
{%- endmacro %}

{% macro databricks__get_rename_table_sql(relation, new_name) -%}
  ALTER TABLE {{ relation.render() }} RENAME TO `{{ new_name }}`
{%- endmacro %}

{% macro databricks__get_rename_view_sql(relation, new_name) -%}
  ALTER VIEW {{ relation.render() }} RENAME TO {{ new_name }}
{%- endmacro %}

{% macro databricks__get_create_intermediate_sql(relation, sql) %}
  {%- set intermediate = make_intermediate_relation(relation) -%}
  {%- do drop_relation(intermediate) -%}
  {%- do return(get_create_sql(intermediate, sql)) -%}
{% endmacro %}

{# Renames the old version out of the way. #}
{% macro create_backup(relation) %}
  {%- set backup = make_backup_relation(relation, relation.type) -%}
  {%- do drop_relation_if_exists(backup) -%}
  {%- do adapter.rename_relation(relation, backup) -%}
{% endmacro %}
