{# on_schema_change, with fields inside structs: the adapter compares and adds those, the rest goes the common way. #}

{% macro bigquery__check_for_schema_changes(source_relation, target_relation) %}
  {%- set changes = default__check_for_schema_changes(source_relation, target_relation) -%}
  {%- do changes.update({'source_relation': source_relation}) -%}
  {%- do return(changes) -%}
{% endmacro %}

{% macro bigquery__process_schema_changes(on_schema_change, source_relation, target_relation) %}
  {%- if on_schema_change == 'ignore' -%}
    {%- do return({}) -%}
  {%- endif -%}
  {%- set changes = check_for_schema_changes(source_relation, target_relation) -%}
  {%- do changes.update({'source_relation': source_relation}) -%}
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
    {%- do bigquery__sync_column_schemas(on_schema_change, target_relation, changes) -%}
  {%- endif -%}
  {%- do return(changes['source_columns']) -%}
{% endmacro %}

{% macro bigquery__sync_column_schemas(on_schema_change, target_relation, schema_changes_dict) %}
  {%- set changes = schema_changes_dict -%}
  {%- if changes.get('source_relation') is not none -%}
    {%- set changes = adapter.sync_struct_columns(on_schema_change, changes.get('source_relation'), target_relation, changes) or changes -%}
  {%- endif -%}
  {%- do default__sync_column_schemas(on_schema_change, target_relation, changes) -%}
  {%- do changes.pop('source_relation', none) -%}
{% endmacro %}
