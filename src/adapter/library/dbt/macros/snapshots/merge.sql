{# Writing the staged rows into the snapshot, in one statement: a run that dies leaves it as it was. #}

{% macro snapshot_merge_sql(target, source, insert_cols) %}{{ return(adapter.dispatch('snapshot_merge_sql', 'dbt')(target, source, insert_cols)) }}{% endmacro %}
{% macro default__snapshot_merge_sql(target, source, insert_cols) %}
  {%- set names = config.get('snapshot_table_column_names') or get_snapshot_table_column_names() -%}
  {%- set valid_to = ('DBT_INTERNAL_DEST.' ~ names.dbt_valid_to) | trim -%}
  {%- set open_end = config.get('dbt_valid_to_current') -%}
  {%- set columns = insert_cols | join(', ') -%}
  merge into {{ target.render() }} as DBT_INTERNAL_DEST
  using {{ source }} as DBT_INTERNAL_SOURCE
  on DBT_INTERNAL_SOURCE.{{ names.dbt_scd_id }} = DBT_INTERNAL_DEST.{{ names.dbt_scd_id }}
  when matched
    and {{ '(' ~ equals(valid_to, open_end | trim) ~ ' or ' ~ valid_to ~ ' is null)' if open_end else valid_to ~ ' is null' }}
    and DBT_INTERNAL_SOURCE.dbt_change_type in ('update', 'delete')
    then update set {{ names.dbt_valid_to }} = DBT_INTERNAL_SOURCE.{{ names.dbt_valid_to }}
  when not matched
    and DBT_INTERNAL_SOURCE.dbt_change_type = 'insert'
    then insert ({{ columns }}) values ({{ columns }})
{% endmacro %}

{# After the commit: a place for warehouses to drop the staging table. #}
{% macro post_snapshot(staging_relation) %}{{ return(adapter.dispatch('post_snapshot', 'dbt')(staging_relation)) }}{% endmacro %}
{% macro default__post_snapshot(staging_relation) %}{% endmacro %}

{# A condition that always holds. #}
{% macro get_true_sql() %}{{ return(adapter.dispatch('get_true_sql', 'dbt')()) }}{% endmacro %}
{% macro default__get_true_sql() %}{{ return('TRUE') }}{% endmacro %}
