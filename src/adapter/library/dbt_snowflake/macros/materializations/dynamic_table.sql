{# Dynamic tables: made, replaced or altered; without a lag also refreshed on every run. #}

{% materialization dynamic_table, adapter='snowflake' %}
  {%- set tag = set_query_tag() -%}
  {%- set existing = load_cached_relation(this) -%}
  {%- set target = this.incorporate(type=this.DynamicTable) -%}
  {%- do run_hooks(pre_hooks) -%}

  {%- set build_sql = dynamic_table_get_build_sql(existing, target) -%}
  {%- if build_sql == '' -%}
    {%- do dynamic_table_execute_no_op(target) -%}
  {%- else -%}
    {%- do dynamic_table_execute_build_sql(build_sql, existing, target) -%}
  {%- endif -%}
  {%- if target.from_config(config.model).scheduler | upper == 'DISABLE' -%}
    {%- call statement(name='refresh') -%}
      {{ snowflake__refresh_dynamic_table(target) }}
    {%- endcall -%}
  {%- endif -%}

  {%- do run_hooks(post_hooks) -%}
  {%- do unset_query_tag(tag) -%}
  {%- do return({'relations': [target]}) -%}
{% endmaterialization %}

{# Empty when there is nothing to do, or when on_configuration_change leaves changes alone. #}
{% macro dynamic_table_get_build_sql(existing_relation, target_relation) %}
  {%- if existing_relation is none -%}
    {%- do return(get_create_sql(target_relation, sql)) -%}
  {%- elif should_full_refresh() or not existing_relation.is_dynamic_table -%}
    {%- do return(get_replace_sql(existing_relation, target_relation, sql)) -%}
  {%- endif -%}
  {%- set policy = config.get('on_configuration_change') -%}
  {%- set changes = snowflake__get_dynamic_table_configuration_changes(existing_relation, config) -%}
  {%- set found = 'Configuration changes were identified and `on_configuration_change` was set to `' ~ policy ~ '` for `' ~ target_relation ~ '`' -%}
  {%- if changes is none -%}
    {%- do exceptions.warn('No configuration changes were identified on: `' ~ target_relation ~ '`. Continuing.') -%}
  {%- elif policy == 'apply' -%}
    {%- do return(snowflake__get_alter_dynamic_table_as_sql(existing_relation, changes, target_relation, sql)) -%}
  {%- elif policy == 'continue' -%}
    {%- do exceptions.warn(found) -%}
  {%- elif policy == 'fail' -%}
    {%- do exceptions.raise_fail_fast_error(found) -%}
  {%- else -%}
    {%- do exceptions.raise_compiler_error('Unexpected configuration scenario: `' ~ policy ~ '`') -%}
  {%- endif -%}
  {%- do return('') -%}
{% endmacro %}

{% macro dynamic_table_execute_no_op(relation) %}
  {%- do store_raw_result(name='main', message='skip ' ~ relation, code='skip', rows_affected='-1') -%}
{% endmacro %}

{% macro dynamic_table_execute_build_sql(build_sql, existing_relation, target_relation) %}
  {%- call statement(name='main') -%}
    {{ build_sql }}
  {%- endcall -%}
  {%- do apply_grants(target_relation, config.get('grants'), should_revoke=should_revoke(existing_relation, full_refresh_mode=True)) -%}
  {%- do persist_docs(target_relation, model) -%}
{% endmacro %}

{# Whether the table is transient costs a query, so it is asked for only when the config cares. #}
{% macro snowflake__get_dynamic_table_configuration_changes(existing_relation, new_config) %}
  {%- set standing = adapter.describe_dynamic_table(existing_relation, new_config.get('transient') is not none) -%}
  {%- do return(existing_relation.dynamic_table_config_changeset(standing, new_config.model)) -%}
{% endmacro %}
