{# on_schema_change: what happens when a model's columns are no longer those of its table. #}

{# An unknown setting counts as the default, with a line in the log. #}
{% macro incremental_validate_on_schema_change(on_schema_change, default='ignore') %}
  {%- if on_schema_change in ('ignore', 'fail', 'append_new_columns', 'sync_all_columns') -%}
    {%- do return(on_schema_change) -%}
  {%- endif -%}
  {%- do log('Invalid value for on_schema_change (' ~ on_schema_change ~ ') specified. Setting default value of ' ~ default ~ '.') -%}
  {%- do return(default) -%}
{% endmacro %}

{# What differs between the new rows' table and the model's. #}
{% macro check_for_schema_changes(source_relation, target_relation) %}{{ return(adapter.dispatch('check_for_schema_changes', 'dbt')(source_relation, target_relation)) }}{% endmacro %}
{% macro default__check_for_schema_changes(source_relation, target_relation) %}
  {%- set source = adapter.get_columns_in_relation(source_relation) -%}
  {%- set target = adapter.get_columns_in_relation(target_relation) -%}
  {%- set added = diff_columns(source, target) -%}
  {%- set removed = diff_columns(target, source) -%}
  {%- set retyped = diff_column_data_types(source, target) -%}
  {%- set changed = added != [] or removed != [] or retyped != [] -%}
  {%- do log('In ' ~ target_relation ~ ': schema changed: ' ~ changed ~ '; added: ' ~ added ~ '; removed: ' ~ removed ~ '; new types: ' ~ retyped) -%}
  {%- do return({
    'schema_changed': changed,
    'source_not_in_target': added,
    'target_not_in_source': removed,
    'source_columns': source,
    'target_columns': target,
    'new_target_types': retyped
  }) -%}
{% endmacro %}

{# Brings the table's columns in line. #}
{% macro sync_column_schemas(on_schema_change, target_relation, schema_changes_dict) %}
  {{- return(adapter.dispatch('sync_column_schemas', 'dbt')(on_schema_change, target_relation, schema_changes_dict)) -}}
{% endmacro %}
{% macro default__sync_column_schemas(on_schema_change, target_relation, schema_changes_dict) %}
  {%- set added = schema_changes_dict['source_not_in_target'] -%}
  {%- set removed = schema_changes_dict['target_not_in_source'] -%}
  {%- set retyped = schema_changes_dict['new_target_types'] -%}
  {%- if on_schema_change == 'append_new_columns' and added -%}
    {%- do alter_relation_add_remove_columns(target_relation, added, none) -%}
  {%- elif on_schema_change == 'sync_all_columns' -%}
    {%- if added or removed -%}
      {%- do alter_relation_add_remove_columns(target_relation, added, removed) -%}
    {%- endif -%}
    {%- for change in retyped -%}
      {%- do alter_column_type(target_relation, change['column_name'], change['new_type']) -%}
    {%- endfor -%}
  {%- endif -%}
  {%- do log('In ' ~ target_relation ~ ': by ' ~ on_schema_change ~ ': added: ' ~ added ~ '; removed: ' ~ removed ~ '; new types: ' ~ retyped) -%}
{% endmacro %}

{# Checks and syncs. Gives the columns to insert, or nothing where the table's own columns stay in charge. #}
{% macro process_schema_changes(on_schema_change, source_relation, target_relation) %}
  {{- return(adapter.dispatch('process_schema_changes', 'dbt')(on_schema_change, source_relation, target_relation)) -}}
{% endmacro %}
{% macro default__process_schema_changes(on_schema_change, source_relation, target_relation) %}
  {%- if on_schema_change == 'ignore' -%}
    {%- do return({}) -%}
  {%- endif -%}
  {%- set changes = check_for_schema_changes(source_relation, target_relation) -%}
  {%- if changes['schema_changed'] and on_schema_change == 'fail' -%}
    {%- set problem %}
      The source and target schemas on this incremental model are out of sync!
      `on_schema_change` is `fail`, so nothing was written. To go on, either
        - set it to append_new_columns or sync_all_columns,
        - rebuild the table with --full-refresh, or
        - alter the table by hand.

      What differs:
        in the model, not in the table: {{ changes['source_not_in_target'] }}
        in the table, not in the model: {{ changes['target_not_in_source'] }}
        new types: {{ changes['new_target_types'] }}
    {% endset -%}
    {%- do exceptions.raise_compiler_error(problem) -%}
  {%- elif changes['schema_changed'] -%}
    {%- do sync_column_schemas(on_schema_change, target_relation, changes) -%}
  {%- endif -%}
  {%- do return(changes['source_columns']) -%}
{% endmacro %}
