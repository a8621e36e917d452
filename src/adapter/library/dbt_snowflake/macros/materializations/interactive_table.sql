{# Interactive tables: made, replaced or altered. #}

{% materialization interactive_table, adapter='snowflake' %}
  {%- set tag = set_query_tag() -%}
  {%- set existing = load_cached_relation(this) -%}
  {%- set target = this.incorporate(type=this.InteractiveTable) -%}
  {%- do run_hooks(pre_hooks) -%}

  {%- set build_sql = interactive_table_get_build_sql(existing, target) -%}
  {%- if build_sql == '' -%}
    {%- do interactive_table_execute_no_op(target) -%}
  {%- else -%}
    {%- do interactive_table_execute_build_sql(build_sql, existing, target) -%}
  {%- endif -%}

  {%- do run_hooks(post_hooks) -%}
  {%- do unset_query_tag(tag) -%}
  {%- do return({'relations': [target]}) -%}
{% endmaterialization %}

{# Empty when there is nothing to do, or when on_configuration_change leaves changes alone. #}
{% macro interactive_table_get_build_sql(existing_relation, target_relation) %}
  {%- if existing_relation is none -%}
    {%- do return(get_create_sql(target_relation, sql)) -%}
  {%- elif should_full_refresh() or not existing_relation.is_interactive_table -%}
    {%- do return(get_replace_sql(existing_relation, target_relation, sql)) -%}
  {%- endif -%}
  {%- set policy = config.get('on_configuration_change') -%}
  {%- set changes = snowflake__get_interactive_table_configuration_changes(existing_relation, config) -%}
  {%- set found = 'Configuration changes were identified and `on_configuration_change` was set to `' ~ policy ~ '` for `' ~ target_relation ~ '`' -%}
  {%- if changes is none -%}
    {%- do exceptions.warn('No configuration changes were identified on: `' ~ target_relation ~ '`. Continuing.') -%}
  {%- elif policy == 'apply' and changes.requires_full_refresh -%}
    {%- do return(get_replace_sql(existing_relation, target_relation, sql)) -%}
  {%- elif policy == 'apply' -%}
    {%- do return(snowflake__get_alter_interactive_table_as_sql(existing_relation, changes, target_relation, sql)) -%}
  {%- elif policy == 'continue' -%}
    {%- do exceptions.warn(found) -%}
  {%- elif policy == 'fail' -%}
    {%- do exceptions.raise_fail_fast_error(found) -%}
  {%- else -%}
    {%- do exceptions.raise_compiler_error('Unexpected configuration scenario: `' ~ policy ~ '`') -%}
  {%- endif -%}
  {%- do return('') -%}
{% endmacro %}

{% macro interactive_table_execute_no_op(relation) %}
  {%- do store_raw_result(name='main', message='skip ' ~ relation, code='skip', rows_affected='-1') -%}
{% endmacro %}

{% macro interactive_table_execute_build_sql(build_sql, existing_relation, target_relation) %}
  {%- call statement(name='main') -%}
    {{ build_sql }}
  {%- endcall -%}
  {%- do apply_grants(target_relation, config.get('grants'), should_revoke=should_revoke(existing_relation, full_refresh_mode=True)) -%}
  {%- do persist_docs(target_relation, model) -%}
{% endmacro %}

{% macro snowflake__get_interactive_table_configuration_changes(existing_relation, new_config) %}
  {%- set standing = adapter.describe_interactive_table(existing_relation) -%}
  {%- do return(existing_relation.interactive_table_config_changeset(standing, new_config.model)) -%}
{% endmacro %}
