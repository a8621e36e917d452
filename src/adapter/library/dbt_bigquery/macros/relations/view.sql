{# The work of the view materialization. A view never takes a table's place by accident: that needs a full refresh. #}

{% macro bigquery__create_or_replace_view() %}
  {%- set target = api.Relation.create(database=database, schema=schema, identifier=model['alias'], type='view') -%}
  {%- set existing = adapter.get_relation(database=database, schema=schema, identifier=model['alias']) -%}
  {%- set was_view = existing is not none and existing.is_view -%}
  {%- do run_hooks(pre_hooks) -%}
  {%- if existing is not none and not was_view -%}
    {%- do handle_existing_table(should_full_refresh(), existing) -%}
  {%- endif -%}
  {%- call statement('main') -%}
    {{ get_create_view_as_sql(target, sql) }}
  {%- endcall -%}
  {%- do apply_grants(target, config.get('grants'), should_revoke=should_revoke(was_view, full_refresh_mode=True)) -%}
  {%- do run_hooks(post_hooks) -%}
  {%- do return({'relations': [target]}) -%}
{% endmacro %}

{% macro handle_existing_table(full_refresh, old_relation) %}{{ return(adapter.dispatch('handle_existing_table', 'dbt')(full_refresh, old_relation)) }}{% endmacro %}
{% macro default__handle_existing_table(full_refresh, old_relation) %}
  {%- do log('Dropping relation ' ~ old_relation ~ ' because it is of type ' ~ old_relation.type) -%}
  {%- do adapter.drop_relation(old_relation) -%}
{% endmacro %}

{% macro bigquery__handle_existing_table(full_refresh, old_relation) %}
  {%- if not full_refresh -%}
    {%- do exceptions.relation_wrong_type(old_relation, 'view') -%}
  {%- endif -%}
  {%- do adapter.drop_relation(old_relation) -%}
{% endmacro %}
