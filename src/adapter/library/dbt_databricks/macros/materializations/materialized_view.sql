{# Materialized views: made, replaced, altered or refreshed. #}

{% materialization materialized_view, adapter='databricks' %}
  {%- set existing = load_cached_relation(this) -%}
  {%- set target = this.incorporate(type=this.MaterializedView) -%}
  {%- do run_hooks(pre_hooks, inside_transaction=False) -%}
  {%- set build_sql = materialized_view_get_build_sql(existing, target) -%}
  {%- if build_sql == '' -%}
    {%- do execute_no_op(target) -%}
  {%- else -%}
    {%- do materialized_view_execute_build_sql(build_sql, existing, target, post_hooks) -%}
  {%- endif -%}
  {%- do run_hooks(post_hooks, inside_transaction=False) -%}
  {%- do return({'relations': [target]}) -%}
{% endmaterialization %}

{# Empty when there is nothing to do: the server refreshes by itself, or on_configuration_change leaves changes alone. #}
{% macro materialized_view_get_build_sql(existing_relation, target_relation) %}
  {%- set query = adapter.clean_sql(sql) -%}
  {%- if existing_relation is none or should_full_refresh() or not existing_relation.is_materialized_view -%}
    {%- if existing_relation is none -%}
      {%- set build_sql = get_create_materialized_view_as_sql(target_relation, query) -%}
    {%- else -%}
      {%- set build_sql = get_replace_sql(existing_relation, target_relation, query) -%}
    {%- endif -%}
    {%- set build_sql = [build_sql] if build_sql is string else build_sql | list -%}
    {%- do return(build_sql + get_set_tag_statements(target_relation, config.get('databricks_tags'), adapter.get_column_tags_from_model(config.model))) -%}
  {%- endif -%}

  {%- set policy = config.get('on_configuration_change') -%}
  {%- set changes = get_configuration_changes(existing_relation) -%}
  {%- set found = 'Configuration changes were identified and `on_configuration_change` was set to `' ~ policy ~ '` for `' ~ target_relation ~ '`' -%}
  {%- if changes is none -%}
    {%- set refreshes_itself = adapter.get_config_from_model(config.model).config['refresh'].auto_refreshed -%}
    {%- do return('' if refreshes_itself else refresh_materialized_view(target_relation)) -%}
  {%- elif policy == 'apply' -%}
    {%- do return(get_alter_materialized_view_as_sql(target_relation, changes, query, existing_relation, none, none)) -%}
  {%- elif policy == 'continue' -%}
    {%- do exceptions.warn(found) -%}
  {%- elif policy == 'fail' -%}
    {%- do exceptions.raise_fail_fast_error(found) -%}
  {%- else -%}
    {%- do exceptions.raise_compiler_error('`on_configuration_change` is `' ~ policy ~ '`; it must be `apply`, `continue` or `fail`') -%}
  {%- endif -%}
  {%- do return('') -%}
{% endmacro %}

{% macro materialized_view_execute_build_sql(build_sql, existing_relation, target_relation, post_hooks) %}
  {%- do run_hooks(pre_hooks, inside_transaction=True) -%}
  {%- do execute_multiple_statements(build_sql) -%}
  {%- if existing_relation is not none and existing_relation.type != target_relation.type -%}
    {%- do cache_replaced_relation(target_relation) -%}
  {%- endif -%}
  {%- do apply_grants(target_relation, config.get('grants'), should_revoke=should_revoke(existing_relation, full_refresh_mode=True)) -%}
  {%- do run_hooks(post_hooks, inside_transaction=True) -%}
{% endmacro %}
