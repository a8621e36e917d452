{# Metric views: measures written in YAML. #}

{% macro get_create_metric_view_as_sql(relation, sql) %}{{ return(adapter.dispatch('get_create_metric_view_as_sql', 'dbt')(relation, sql)) }}{% endmacro %}
{% macro databricks__get_create_metric_view_as_sql(relation, sql) %}
create or replace view {{ relation.render() }}
with metrics
language yaml
as $$
{{ adapter.yaml_quote_backtick_values(sql) }}
$$
{% endmacro %}

{% macro get_replace_metric_view_sql(target_relation, sql) %}{{ return(adapter.dispatch('get_replace_metric_view_sql', 'dbt')(target_relation, sql)) }}{% endmacro %}
{% macro databricks__get_replace_metric_view_sql(target_relation, sql) %}{{ get_create_metric_view_as_sql(target_relation, sql) }}{% endmacro %}

{% macro get_alter_metric_view_as_sql(relation, yaml_content) %}{{ return(adapter.dispatch('get_alter_metric_view_as_sql', 'dbt')(relation, yaml_content)) }}{% endmacro %}
{% macro databricks__get_alter_metric_view_as_sql(relation, yaml_content) %}
alter view {{ relation.render() }} as $$
{{ adapter.yaml_quote_backtick_values(yaml_content) }}
$$
{% endmacro %}

{# Every node runs a statement named main, even one that has nothing to do. #}
{% macro alter_metric_view(target_relation, changes) %}
  {%- do log('Updating metric view via ALTER') -%}
  {%- do return(adapter.dispatch('alter_metric_view', 'dbt')(target_relation, changes)) -%}
{% endmacro %}
{% macro databricks__alter_metric_view(target_relation, changes) %}
  {%- call statement('main') -%}
    {{ get_alter_metric_view_as_sql(target_relation, changes.get('query').query) if changes.get('query') else 'select 1' }}
  {%- endcall -%}
  {%- if changes.get('tags') -%}{%- do apply_tags(target_relation, changes.get('tags').set_tags) -%}{%- endif -%}
  {%- if changes.get('tblproperties') -%}{%- do apply_tblproperties(target_relation, changes.get('tblproperties').tblproperties) -%}{%- endif -%}
{% endmacro %}

{% macro replace_with_metric_view(existing_relation, target_relation) %}
  {%- do execute_multiple_statements(get_replace_sql(existing_relation, target_relation, adapter.clean_sql(sql))) -%}
  {%- do cache_replaced_relation(target_relation) -%}
  {%- do apply_tags(target_relation, config.get('databricks_tags')) -%}
  {%- if config.get('tblproperties') -%}{%- do apply_tblproperties(target_relation, config.get('tblproperties')) -%}{%- endif -%}
{% endmacro %}
