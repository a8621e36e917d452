{# Tables. Made beside the old one and swapped, or in its place when foreign keys forbid renaming; in one transaction either way. #}

{% materialization table, adapter="duckdb", supported_languages=['sql', 'python'] %}
  {%- set language = model['language'] -%}
  {%- set target = this.incorporate(type='table') -%}
  {%- set existing = load_cached_relation(this) -%}
  {%- set intermediate = make_intermediate_relation(target) -%}
  {%- set backup = make_backup_relation(target, 'table' if existing is none else existing.type) -%}
  {%- set in_place = has_foreign_key_constraints(existing) -%}
  {%- set late_settings = adapter.use_ducklake_table_workarounds(target) -%}

  {# What an interrupted run left behind. #}
  {%- do drop_relation_if_exists(load_cached_relation(intermediate)) -%}
  {%- do drop_relation_if_exists(load_cached_relation(backup)) -%}

  {%- do run_hooks(pre_hooks, inside_transaction=False) -%}
  {%- do run_hooks(pre_hooks, inside_transaction=True) -%}

  {%- set partitioned_by = duckdb__get_partitioned_by(target, false) -%}
  {%- set sorted_by = duckdb__get_sorted_by(target, false) -%}
  {%- set dependents = [] -%}
  {%- if in_place and existing is not none -%}
    {%- set dependents = drop_relation_for_rebuild(existing) -%}
  {%- endif -%}

  {%- call statement('main', language=language) -%}
    {{- create_table_as(False, target if in_place else intermediate, compiled_code, language, partitioned_by=partitioned_by, sorted_by=sorted_by) -}}
  {%- endcall -%}

  {%- if not in_place -%}
    {%- if existing is not none -%}
      {%- do drop_indexes_on_relation(existing) -%}
      {%- if existing.is_table and may_be_foreign_key_target(existing) -%}
        {%- set dependents = drop_foreign_key_dependents(existing) -%}
      {%- endif -%}
      {%- do adapter.rename_relation(existing, backup) -%}
    {%- endif -%}
    {%- do adapter.rename_relation(intermediate, target) -%}
  {%- endif -%}
  {%- do restore_foreign_key_dependents(dependents) -%}

  {%- do create_indexes(target) -%}
  {%- do run_hooks(post_hooks, inside_transaction=True) -%}
  {%- do apply_grants(target, config.get('grants'), should_revoke=should_revoke(existing, full_refresh_mode=True)) -%}
  {%- if not late_settings -%}{%- do persist_docs(target, model) -%}{%- endif -%}
  {%- do adapter.commit() -%}

  {# DuckLake before DuckDB 1.5.3 forgets a table's settings when it is renamed, and comments conflict within the transaction. #}
  {%- if late_settings -%}
    {%- if partitioned_by -%}
      {%- call statement('reassert_partitioned_by', auto_begin=False) -%}
        {{ duckdb__alter_table_set_partitioned_by(target, partitioned_by) }}
      {%- endcall -%}
    {%- endif -%}
    {%- if sorted_by -%}
      {%- call statement('reassert_sorted_by', auto_begin=False) -%}
        {{ duckdb__alter_table_set_sorted_by(target, sorted_by) }}
      {%- endcall -%}
    {%- endif -%}
    {%- do persist_docs(target, model) -%}
  {%- endif -%}

  {%- do drop_relation_if_exists(backup) -%}
  {%- do run_hooks(post_hooks, inside_transaction=False) -%}

  {%- do return({'relations': [target]}) -%}
{% endmaterialization %}
