{# Incremental tables. Building, swapping or merging is one transaction. #}

{% materialization incremental, adapter="duckdb", supported_languages=['sql', 'python'] %}
  {%- set language = model['language'] -%}
  {%- set target = this.incorporate(type='table') -%}
  {%- set existing = load_cached_relation(this) -%}
  {%- set intermediate = make_intermediate_relation(target) -%}
  {%- set backup = make_backup_relation(target, 'table' if existing is none else existing.type) -%}
  {%- set rebuild = should_full_refresh() or (existing is not none and existing.is_view) -%}
  {%- set is_new = existing is none or rebuild -%}
  {%- set on_schema_change = incremental_validate_on_schema_change(config.get('on_schema_change'), default='ignore') -%}
  {%- set partitioned_by = duckdb__get_partitioned_by(target, false) if is_new else none -%}
  {%- set sorted_by = duckdb__get_sorted_by(target, false) if is_new else none -%}
  {%- set without_transaction = (partitioned_by or sorted_by) and adapter.is_ducklake(target) -%}

  {# What an interrupted run left behind. #}
  {%- do drop_relation_if_exists(load_cached_relation(intermediate)) -%}
  {%- do drop_relation_if_exists(load_cached_relation(backup)) -%}

  {%- set to_drop = [] -%}
  {%- set temp = duckdb__dispatch_temporary_relation(target, adapter.batch_id_for_model(model)) -%}
  {%- if not temp.temporary -%}
    {%- do to_drop.append(temp.relation) -%}
  {%- endif -%}

  {%- do run_hooks(pre_hooks, inside_transaction=False) -%}
  {%- do run_hooks(pre_hooks, inside_transaction=True) -%}

  {%- set dependents = [] -%}
  {%- set swap = false -%}
  {%- if existing is none -%}
    {%- set build_sql = create_table_as(False, target, compiled_code, language, partitioned_by=partitioned_by, sorted_by=sorted_by) -%}
  {%- elif rebuild and has_foreign_key_constraints(existing) -%}
    {%- set dependents = drop_relation_for_rebuild(existing) -%}
    {%- set build_sql = create_table_as(False, target, compiled_code, language, partitioned_by=partitioned_by, sorted_by=sorted_by) -%}
  {%- elif rebuild -%}
    {%- set swap = true -%}
    {%- set build_sql = create_table_as(False, intermediate, compiled_code, language, partitioned_by=partitioned_by, sorted_by=sorted_by) -%}
  {%- else -%}
    {%- set staging_code = create_table_as(temp.temporary, temp.relation, compiled_code, language, partitioned_by=none, sorted_by=none) -%}
    {%- if language == 'python' -%}
      {%- call statement('pre', language=language) -%}
        {{- staging_code -}}
      {%- endcall -%}
    {%- else -%}
      {%- do run_query(staging_code) -%}
    {%- endif -%}
    {%- set language = 'sql' -%}
    {%- do adapter.expand_target_column_types(from_relation=temp.relation, to_relation=target) -%}
    {%- set columns = process_schema_changes(on_schema_change, temp.relation, existing) or adapter.get_columns_in_relation(existing) -%}
    {%- set strategy = adapter.get_incremental_strategy_macro(context, config.get('incremental_strategy') or 'default') -%}
    {%- set build_sql = strategy({
      'target_relation': target,
      'temp_relation': temp.relation,
      'unique_key': config.get('unique_key'),
      'dest_columns': columns,
      'incremental_predicates': config.get('predicates', none) or config.get('incremental_predicates', none)
    }) -%}
  {%- endif -%}

  {%- call statement('main', language=language, auto_begin=not without_transaction) -%}
    {{- build_sql -}}
  {%- endcall -%}

  {%- if swap -%}
    {%- do drop_indexes_on_relation(target) -%}
    {%- if may_be_foreign_key_target(target) -%}
      {%- set dependents = drop_foreign_key_dependents(target) -%}
    {%- endif -%}
    {%- do adapter.rename_relation(target, backup) -%}
    {%- do adapter.rename_relation(intermediate, target) -%}
    {%- do to_drop.append(backup) -%}
  {%- endif -%}
  {%- do restore_foreign_key_dependents(dependents) -%}

  {%- do apply_grants(target, config.get('grants'), should_revoke=should_revoke(existing, rebuild)) -%}
  {%- if is_new -%}
    {%- do create_indexes(target) -%}
  {%- endif -%}
  {%- do persist_docs(target, model) -%}
  {%- do run_hooks(post_hooks, inside_transaction=True) -%}
  {%- do adapter.commit() -%}

  {%- for relation in to_drop -%}
    {# MotherDuck drops the indexes with the table. #}
    {%- if not adapter.is_motherduck() -%}{%- do drop_indexes_on_relation(relation) -%}{%- endif -%}
    {%- do adapter.drop_relation(relation) -%}
  {%- endfor -%}
  {%- do run_hooks(post_hooks, inside_transaction=False) -%}

  {%- do return({'relations': [target]}) -%}
{% endmaterialization %}
