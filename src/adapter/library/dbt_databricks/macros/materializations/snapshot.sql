{# Snapshots, in the formats that can MERGE. #}

{% materialization snapshot, adapter='databricks' %}
  {%- set table_name = model.get('alias', model.get('name')) -%}
  {%- set sql = adapter.clean_sql(sql) -%}
  {%- set format = adapter.resolve_file_format(config) -%}
  {%- set exists, target = databricks__get_or_create_relation(
    database=model.database, schema=model.schema, identifier=table_name, type='table', needs_information=True
  ) -%}
  {%- if format not in ('delta', 'hudi') -%}
    {%- do exceptions.raise_compiler_error('Invalid file format: ' ~ format ~ "\nA snapshot needs file_format 'delta' or 'hudi'") -%}
  {%- elif exists and not (target.is_delta or target.is_hudi) -%}
    {%- do exceptions.raise_compiler_error('The existing table ' ~ model.schema ~ '.' ~ table_name ~ " is neither a 'delta' nor a 'hudi' table") -%}
  {%- elif not target.is_table -%}
    {%- do exceptions.relation_wrong_type(target, 'table') -%}
  {%- endif -%}

  {%- do run_hooks(pre_hooks, inside_transaction=False) -%}
  {%- do run_hooks(pre_hooks, inside_transaction=True) -%}

  {%- set strategy_macro = strategy_dispatch(config.get('strategy')) -%}
  {%- set strategy = strategy_macro(model, 'snapshotted_data', 'source_data', model['config'], exists) -%}
  {%- set staging = none -%}
  {%- if not exists -%}
    {%- set rows_sql = build_snapshot_table(strategy, adapter.clean_sql(model['compiled_code'])) -%}
    {%- set final_sql = create_table_as(False, target, rows_sql) -%}
  {%- else -%}
    {%- set names = config.get('snapshot_table_column_names') or get_snapshot_table_column_names() -%}
    {%- do adapter.assert_valid_snapshot_target_given_strategy(target, names, strategy) -%}
    {%- set rows_sql = snapshot_staging_table(strategy, sql, target) -%}
    {%- set staging = build_snapshot_staging_table(strategy, sql, target) -%}
    {%- do adapter.expand_target_column_types(from_relation=staging, to_relation=target) -%}
    {%- set helpers = ['dbt_change_type', 'dbt_unique_key'] -%}
    {%- if config.get('unique_key') | is_list -%}
      {%- for key in strategy.unique_key -%}{%- do helpers.append('dbt_unique_key_' ~ loop.index) -%}{%- endfor -%}
    {%- endif -%}
    {%- do helpers.extend(helpers | map('upper') | list) -%}
    {%- do create_columns(target, adapter.get_missing_columns(staging, target) | rejectattr('name', 'in', helpers) | list) -%}
    {%- set insert_cols = adapter.get_columns_in_relation(staging) | rejectattr('name', 'in', helpers) | map(attribute='quoted') | list -%}
    {%- set final_sql = snapshot_merge_sql(target=target, source=staging, insert_cols=insert_cols) -%}
  {%- endif -%}

  {%- do check_time_data_types(rows_sql) -%}
  {%- call statement('main') -%}
    {{ final_sql }}
  {%- endcall -%}

  {%- if config.get('databricks_tags') -%}{%- do apply_tags(target, config.get('databricks_tags')) -%}{%- endif -%}
  {%- set column_tags = adapter.get_column_tags_from_model(config.model) -%}
  {%- if column_tags and column_tags.set_column_tags -%}{%- do apply_column_tags(target, column_tags) -%}{%- endif -%}
  {%- do apply_grants(target, config.get('grants'), should_revoke=should_revoke(exists, full_refresh_mode=False)) -%}
  {%- do persist_docs(target, model) -%}
  {%- do run_hooks(post_hooks, inside_transaction=True) -%}
  {%- if staging is not none -%}{%- do post_snapshot(staging) -%}{%- endif -%}
  {%- do persist_constraints(target, model) -%}
  {%- do optimize(target) -%}
  {%- do run_hooks(post_hooks, inside_transaction=False) -%}
  {%- do return({'relations': [target]}) -%}
{% endmaterialization %}

{% macro databricks__snapshot_merge_sql(target, source, insert_cols) %}
  {%- set names = config.get('snapshot_table_column_names') or get_snapshot_table_column_names() -%}
  {%- set scd_id = adapter.quote(names.dbt_scd_id) -%}
  {%- set valid_to = adapter.quote(names.dbt_valid_to) -%}
  {%- set change_type = 'DBT_INTERNAL_SOURCE.' ~ adapter.quote('dbt_change_type') -%}
  {%- set old_end = 'DBT_INTERNAL_DEST.' ~ valid_to -%}
  {%- set open_end = config.get('dbt_valid_to_current') -%}
  {%- set columns = insert_cols | join(', ') -%}
  merge into {{ target }} as DBT_INTERNAL_DEST
  using {{ source.identifier if target.is_iceberg else source }} as DBT_INTERNAL_SOURCE
  on DBT_INTERNAL_SOURCE.{{ scd_id }} = DBT_INTERNAL_DEST.{{ scd_id }}
  when matched
    and {{ '( ' ~ old_end ~ ' = ' ~ open_end ~ ' or ' ~ old_end ~ ' is null )' if open_end else old_end ~ ' is null' }}
    and {{ change_type }} in ('update', 'delete')
    then update set {{ valid_to }} = DBT_INTERNAL_SOURCE.{{ valid_to }}
  when not matched
    and {{ change_type }} = 'insert'
    then insert ({{ columns }}) values ({{ columns }});
{% endmacro %}

{% macro databricks__create_columns(relation, columns) %}
  {%- if columns -%}
    {%- call statement() -%}
      alter table {{ relation }} add columns (
        {% for column in columns %}{{ adapter.quote(column.name) }} {{ column.data_type }}{{ ', ' if not loop.last }}{% endfor %}
      );
    {%- endcall -%}
  {%- endif -%}
{% endmacro %}

{# The deleted mark is a boolean here. #}
{% macro databricks__build_snapshot_table(strategy, sql) %}
  {%- set names = config.get('snapshot_table_column_names') or get_snapshot_table_column_names() -%}
  select *,
    {{ strategy.scd_id }} as {{ names.dbt_scd_id }},
    {{ strategy.updated_at }} as {{ names.dbt_updated_at }},
    {{ strategy.updated_at }} as {{ names.dbt_valid_from }},
    {{ get_dbt_valid_to_current(strategy, names) }}
    {{- ', false as ' ~ names.dbt_is_deleted if strategy.hard_deletes == 'new_record' }}
  from (
    {{ sql }}
  ) sbq
{% endmacro %}
