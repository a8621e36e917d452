{# Snapshots: every version of a row, with the time it held. #}

{% materialization snapshot, default %}
  {%- set table_name = model.get('alias', model.get('name')) -%}
  {%- set exists, target = get_or_create_relation(database=model.database, schema=model.schema, identifier=table_name, type='table') -%}
  {%- if not target.is_table -%}
    {%- do exceptions.relation_wrong_type(target, 'table') -%}
  {%- endif -%}

  {%- do run_hooks(pre_hooks, inside_transaction=False) -%}
  {%- do run_hooks(pre_hooks, inside_transaction=True) -%}

  {# The fourth argument is unused; strategies written by users still expect it. #}
  {%- set strategy_macro = strategy_dispatch(config.get('strategy')) -%}
  {%- set strategy = strategy_macro(model, 'snapshotted_data', 'source_data', model['config'], exists) -%}

  {%- set staging = none -%}
  {%- if not exists -%}
    {%- set rows_sql = build_snapshot_table(strategy, model['compiled_code']) -%}
    {%- set final_sql = create_table_as(False, target, rows_sql) -%}
  {%- else -%}
    {%- set names = config.get('snapshot_table_column_names') or get_snapshot_table_column_names() -%}
    {%- do adapter.assert_valid_snapshot_target_given_strategy(target, names, strategy) -%}
    {%- set rows_sql = snapshot_staging_table(strategy, sql, target) -%}
    {%- set staging = build_snapshot_staging_table(strategy, sql, target) -%}
    {%- do adapter.expand_target_column_types(from_relation=staging, to_relation=target) -%}

    {# The staging table has helper columns that the snapshot does not get. #}
    {%- set helpers = ['dbt_change_type', 'dbt_unique_key'] -%}
    {%- if config.get('unique_key') | is_list -%}
      {%- for key in strategy.unique_key -%}
        {%- do helpers.append('dbt_unique_key_' ~ loop.index) -%}
      {%- endfor -%}
    {%- endif -%}
    {%- do helpers.extend(helpers | map('upper') | list) -%}
    {%- do create_columns(target, adapter.get_missing_columns(staging, target) | rejectattr('name', 'in', helpers) | list) -%}

    {%- set insert_cols = [] -%}
    {%- for column in adapter.get_columns_in_relation(staging) | rejectattr('name', 'in', helpers) -%}
      {%- do insert_cols.append(adapter.quote(column.name)) -%}
    {%- endfor -%}
    {%- set final_sql = snapshot_merge_sql(target=target, source=staging, insert_cols=insert_cols) -%}
  {%- endif -%}

  {%- do check_time_data_types(rows_sql) -%}
  {%- call statement('main') -%}
    {{ final_sql }}
  {%- endcall -%}

  {%- do apply_grants(target, config.get('grants'), should_revoke=should_revoke(exists, full_refresh_mode=False)) -%}
  {%- do persist_docs(target, model) -%}
  {%- if not exists -%}
    {%- do create_indexes(target) -%}
  {%- endif -%}
  {%- do run_hooks(post_hooks, inside_transaction=True) -%}
  {%- do adapter.commit() -%}
  {%- if staging is not none -%}
    {%- do post_snapshot(staging) -%}
  {%- endif -%}
  {%- do run_hooks(post_hooks, inside_transaction=False) -%}

  {%- do return({'relations': [target]}) -%}
{% endmaterialization %}
