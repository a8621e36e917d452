{# How `emit` writes a node: on an empty warehouse, in one go, so that the script can run again. A materialization without
   such a twin is written as it would run. #}

{% materialization emit_view, default %}
  {%- set target = this.incorporate(type='view') -%}
  {%- do emit_before(target) -%}
  {%- call statement('main') -%}
    {{ get_create_view_as_sql(target, sql) }}
  {%- endcall -%}
  {%- do emit_after(target) -%}
  {%- do return({'relations': [target]}) -%}
{% endmaterialization %}

{% materialization emit_table, default %}
  {%- set target = this.incorporate(type='table') -%}
  {%- do emit_table_of(target, sql) -%}
  {%- do return({'relations': [target]}) -%}
{% endmaterialization %}

{% materialization emit_incremental, default %}
  {%- set target = this.incorporate(type='table') -%}
  {%- if load_cached_relation(this) is none or should_full_refresh() -%}
    {%- do emit_table_of(target, sql) -%}
  {%- else -%}
    {%- do emit_next_rows(target, sql) -%}
  {%- endif -%}
  {%- do return({'relations': [target]}) -%}
{% endmaterialization %}

{% materialization emit_snapshot, default %}
  {%- set target = this.incorporate(type='table') -%}
  {# The rows are those of a first build; which of them are news is decided against the table. #}
  {%- set strategy = strategy_dispatch(config.get('strategy'))(model, 'snapshotted_data', 'source_data', model['config'], false) -%}
  {%- set rows_sql = build_snapshot_table(strategy, model['compiled_code']) -%}
  {%- if load_cached_relation(this) is none -%}
    {%- do emit_table_of(target, rows_sql) -%}
  {%- else -%}
    {%- do emit_next_versions(target, rows_sql, strategy) -%}
  {%- endif -%}
  {%- do return({'relations': [target]}) -%}
{% endmaterialization %}

{% materialization emit_seed, default %}
  {%- set target = this.incorporate(type='table') -%}
  {%- set rows = load_agate_table() -%}
  {%- do store_result('agate_table', response='OK', agate_table=rows) -%}
  {%- do emit_before(target) -%}
  {%- do emit_seed_table(rows) -%}
  {%- do emit_seed_rows(rows) -%}
  {%- do emit_after(target) -%}
  {%- do return({'relations': [target]}) -%}
{% endmaterialization %}

{# The query alone, which gives one row: how many fail, and whether that warns or is an error. #}
{% materialization emit_test, default %}
  {%- call statement('main') -%}
    {{ get_test_sql(get_limit_subquery_sql(sql, config.get('limit')), config.get('fail_calc'), config.get('warn_if'), config.get('error_if'), limit=none) }}
  {%- endcall -%}
  {%- do return({'relations': []}) -%}
{% endmaterialization %}
