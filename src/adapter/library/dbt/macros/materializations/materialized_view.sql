{# Materialized views: created once, then refreshed, altered, or replaced when their config demands it. #}

{% materialization materialized_view, default %}
  {%- set existing = load_cached_relation(this) -%}
  {%- set target = this.incorporate(type=this.MaterializedView) -%}
  {%- set intermediate = make_intermediate_relation(target) -%}
  {%- set backup = make_backup_relation(target, target.MaterializedView if existing is none else existing.type) -%}

  {%- do materialized_view_setup(backup, intermediate, pre_hooks) -%}
  {%- set build_sql = materialized_view_get_build_sql(existing, target, backup, intermediate) -%}
  {%- if build_sql == '' -%}
    {%- do materialized_view_execute_no_op(target) -%}
  {%- else -%}
    {%- do materialized_view_execute_build_sql(build_sql, existing, target, post_hooks) -%}
  {%- endif -%}
  {%- do materialized_view_teardown(backup, intermediate, post_hooks) -%}

  {%- do return({'relations': [target]}) -%}
{% endmaterialization %}

{# Removes what an interrupted run left behind. #}
{% macro materialized_view_setup(backup_relation, intermediate_relation, pre_hooks) %}
  {%- do drop_relation_if_exists(load_cached_relation(backup_relation)) -%}
  {%- do drop_relation_if_exists(load_cached_relation(intermediate_relation)) -%}
  {%- do run_hooks(pre_hooks, inside_transaction=False) -%}
{% endmacro %}

{% macro materialized_view_teardown(backup_relation, intermediate_relation, post_hooks) %}
  {%- do drop_relation_if_exists(backup_relation) -%}
  {%- do drop_relation_if_exists(intermediate_relation) -%}
  {%- do run_hooks(post_hooks, inside_transaction=False) -%}
{% endmacro %}

{# The SQL that brings the view up to date; empty when changes were found that on_configuration_change leaves alone. #}
{% macro materialized_view_get_build_sql(existing_relation, target_relation, backup_relation, intermediate_relation) %}
  {%- if existing_relation is none -%}
    {%- do return(get_create_materialized_view_as_sql(target_relation, sql)) -%}
  {%- elif should_full_refresh() or not existing_relation.is_materialized_view -%}
    {%- do return(get_replace_sql(existing_relation, target_relation, sql)) -%}
  {%- endif -%}

  {%- set policy = config.get('on_configuration_change') -%}
  {%- set changes = get_materialized_view_configuration_changes(existing_relation, config) -%}
  {%- set found = 'Configuration changes were identified and `on_configuration_change` was set to `' ~ policy ~ '` for `' ~ target_relation.render() ~ '`' -%}
  {%- if changes is none -%}
    {%- do return(refresh_materialized_view(target_relation)) -%}
  {%- elif policy == 'apply' -%}
    {%- do return(get_alter_materialized_view_as_sql(target_relation, changes, sql, existing_relation, backup_relation, intermediate_relation)) -%}
  {%- elif policy == 'continue' -%}
    {%- do exceptions.warn(found) -%}
    {%- do return('') -%}
  {%- elif policy == 'fail' -%}
    {%- do exceptions.raise_fail_fast_error(found) -%}
  {%- else -%}
    {%- do exceptions.raise_compiler_error('`on_configuration_change` is `' ~ policy ~ '`; it must be `apply`, `continue` or `fail`') -%}
  {%- endif -%}
{% endmacro %}

{% macro materialized_view_execute_no_op(target_relation) %}
  {%- do store_raw_result(name='main', message='skip ' ~ target_relation, code='skip', rows_affected='-1') -%}
{% endmacro %}

{% macro materialized_view_execute_build_sql(build_sql, existing_relation, target_relation, post_hooks) %}
  {%- do run_hooks(pre_hooks, inside_transaction=True) -%}
  {%- call statement(name='main') -%}
    {{ build_sql }}
  {%- endcall -%}
  {%- do apply_grants(target_relation, config.get('grants'), should_revoke=should_revoke(existing_relation, full_refresh_mode=True)) -%}
  {%- do persist_docs(target_relation, model) -%}
  {%- do run_hooks(post_hooks, inside_transaction=True) -%}
  {%- do adapter.commit() -%}
{% endmacro %}
