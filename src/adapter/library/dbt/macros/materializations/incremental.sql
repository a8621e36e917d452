{# Tables that grow: the first run builds them, later runs add to them by a strategy. #}

{% materialization incremental, default %}
  {%- set target = this.incorporate(type='table') -%}
  {%- set existing = load_cached_relation(this) -%}
  {%- set temp = make_temp_relation(target) -%}
  {%- set intermediate = make_intermediate_relation(target) -%}
  {%- set backup = make_backup_relation(target, 'table' if existing is none else existing.type) -%}
  {%- set rebuild = should_full_refresh() or (existing is not none and existing.is_view) -%}
  {%- set on_schema_change = incremental_validate_on_schema_change(config.get('on_schema_change'), default='ignore') -%}

  {# What an interrupted run left behind. #}
  {%- do drop_relation_if_exists(load_cached_relation(intermediate)) -%}
  {%- do drop_relation_if_exists(load_cached_relation(backup)) -%}

  {%- do run_hooks(pre_hooks, inside_transaction=False) -%}
  {%- do run_hooks(pre_hooks, inside_transaction=True) -%}

  {# An unknown strategy is an error in the first run already. #}
  {%- set strategy = adapter.get_incremental_strategy_macro(context, config.get('incremental_strategy') or 'default') -%}

  {%- set swap = false -%}
  {%- set indexed = target -%}
  {%- if existing is none -%}
    {%- set build_sql = get_create_table_as_sql(False, target, sql) -%}
  {%- elif rebuild -%}
    {%- set swap = true -%}
    {%- set indexed = intermediate -%}
    {%- set build_sql = get_create_table_as_sql(False, intermediate, sql) -%}
  {%- else -%}
    {%- do run_query(get_create_table_as_sql(True, temp, sql)) -%}
    {%- if not config.get('contract').enforced -%}
      {%- do adapter.expand_target_column_types(from_relation=temp, to_relation=target) -%}
    {%- endif -%}
    {%- set columns = process_schema_changes(on_schema_change, temp, existing) or adapter.get_columns_in_relation(existing) -%}
    {%- set build_sql = strategy({
      'target_relation': target,
      'temp_relation': temp,
      'unique_key': config.get('unique_key'),
      'dest_columns': columns,
      'incremental_predicates': config.get('predicates', none) or config.get('incremental_predicates', none)
    }) -%}
  {%- endif -%}

  {%- call statement('main') -%}
    {{ build_sql }}
  {%- endcall -%}

  {%- if existing is none or rebuild -%}
    {%- do create_indexes(indexed) -%}
  {%- endif -%}
  {%- if swap -%}
    {%- do adapter.rename_relation(target, backup) -%}
    {%- do adapter.rename_relation(intermediate, target) -%}
  {%- endif -%}

  {%- do apply_grants(target, config.get('grants'), should_revoke=should_revoke(existing, rebuild)) -%}
  {%- do persist_docs(target, model) -%}
  {%- do run_hooks(post_hooks, inside_transaction=True) -%}
  {%- do adapter.commit() -%}

  {%- if swap -%}{%- do adapter.drop_relation(backup) -%}{%- endif -%}
  {%- do run_hooks(post_hooks, inside_transaction=False) -%}

  {%- do return({'relations': [target]}) -%}
{% endmaterialization %}
