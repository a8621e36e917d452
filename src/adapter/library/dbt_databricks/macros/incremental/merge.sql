{# MERGE, with all that Databricks' has: aliases, conditions, skipped steps, rows that the source has lost, schema evolution. #}

{% macro databricks__get_merge_sql(target, source, unique_key, dest_columns, incremental_predicates) %}
  {%- set to = config.get('target_alias', 'DBT_INTERNAL_DEST') -%}
  {%- set from = config.get('source_alias', 'DBT_INTERNAL_SOURCE') -%}
  {%- set given = adapter.get_columns_in_relation(source) | map(attribute='name') | list -%}
  {%- set on_schema_change = incremental_validate_on_schema_change(config.get('on_schema_change'), default='ignore') -%}
  {%- set updated = get_merge_update_columns(config.get('merge_update_columns'), config.get('merge_exclude_columns'), adapter.get_columns_in_relation(target)) -%}
  {%- set matched = config.get('matched_condition') -%}
  {%- set unmatched = config.get('not_matched_condition') -%}
  {%- set lost = config.get('not_matched_by_source_condition') -%}
  {%- set lost_action = config.get('not_matched_by_source_action') -%}
  {%- set lost_word = lost_action | lower | trim -%}

  {%- set conditions = [] + (incremental_predicates or []) -%}
  {%- if not unique_key -%}
    {%- do conditions.append('FALSE') -%}
  {%- else -%}
    {%- set several = unique_key is sequence and unique_key is not mapping and unique_key is not string -%}
    {%- for key in (unique_key if several else [unique_key]) -%}
      {%- do conditions.append(from ~ '.' ~ adapter.quote(key) ~ ' <=> ' ~ to ~ '.' ~ adapter.quote(key)) -%}
    {%- endfor -%}
  {%- endif -%}

  merge {{ 'with schema evolution' if config.get('merge_with_schema_evolution') | lower == 'true' }}
  into {{ target }} as {{ to }}
  using {{ source }} as {{ from }}
  on {{ conditions | join(' and ') }}
  {%- if config.get('skip_matched_step') | lower != 'true' %}
  when matched {{ 'and (' ~ matched ~ ')' if matched }} then update set
    {{ get_merge_update_set(updated, on_schema_change, given, from) }}
  {%- endif %}
  {%- if config.get('skip_not_matched_step') | lower != 'true' %}
  when not matched {{ 'and (' ~ unmatched ~ ')' if unmatched }} then insert
    {{ get_merge_insert(on_schema_change, given, from) }}
  {%- endif %}
  {%- if lost_word == 'delete' or lost_word.startswith('update') %}
  when not matched by source {{ 'and (' ~ lost ~ ')' if lost }} then {{ lost_action }}
  {%- endif %}
{% endmacro %}

{# Chosen columns; else all, which are spelled out once the schema may change. #}
{% macro get_merge_update_set(update_columns, on_schema_change, source_columns, source_alias='DBT_INTERNAL_SOURCE') %}
  {%- set columns = update_columns or ([] if on_schema_change == 'ignore' else source_columns) -%}
  {%- for column in columns -%}
    {{ adapter.quote(column) }} = {{ source_alias }}.{{ adapter.quote(column) }}{{ ', ' if not loop.last }}
  {%- else -%}
    *
  {%- endfor -%}
{% endmacro %}

{% macro get_merge_insert(on_schema_change, source_columns, source_alias='DBT_INTERNAL_SOURCE') %}
  {%- set names = [] -%}
  {%- set values = [] -%}
  {%- for column in source_columns -%}
    {%- do names.append(adapter.quote(column)) -%}
    {%- do values.append(source_alias ~ '.' ~ adapter.quote(column)) -%}
  {%- endfor -%}
  {{ '*' if on_schema_change == 'ignore' else '(' ~ names | join(', ') ~ ') VALUES (' ~ values | join(', ') ~ ')' }}
{%- endmacro %}

{# Bare names: they are quoted where they are used. None stands for all. #}
{% macro databricks__get_merge_update_columns(merge_update_columns, merge_exclude_columns, dest_columns) %}
  {%- if merge_update_columns and merge_exclude_columns -%}
    {%- do exceptions.raise_compiler_error('Set merge_update_columns or merge_exclude_columns, not both') -%}
  {%- elif merge_update_columns -%}
    {%- do return(merge_update_columns) -%}
  {%- elif not merge_exclude_columns -%}
    {%- do return(none) -%}
  {%- endif -%}
  {%- set excluded = merge_exclude_columns | map('lower') | list -%}
  {%- set updated = [] -%}
  {%- for column in dest_columns if column.column | lower not in excluded -%}{%- do updated.append(column.column) -%}{%- endfor -%}
  {%- do return(updated) -%}
{% endmacro %}
