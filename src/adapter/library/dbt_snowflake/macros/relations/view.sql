{# Views, replaced in one statement. #}

{% macro snowflake__create_view_as(relation, sql) %}{{ snowflake__create_view_as_with_temp_flag(relation, sql) }}{% endmacro %}

{% macro snowflake__create_view_as_with_temp_flag(relation, sql, is_temporary=False) %}
  {%- set header = config.get('sql_header', none) -%}
  {%- set policy = config.get('row_access_policy', default=none) -%}
  {%- set tag = config.get('table_tag', default=none) -%}
  {{ header if header is not none }}
  create or replace {{ 'secure' if config.get('secure', default=false) }} {{ 'temporary' if is_temporary }} view {{ relation }}
  {# `emit` cannot ask for the columns, and comments on them after. #}
  {% if config.persist_column_docs() and flags.WHICH != 'emit' -%}
    {{ get_persist_docs_column_list(model.columns, get_columns_in_query(sql)) }}
  {%- endif %}
  {%- if config.get('contract').enforced -%}{%- do get_assert_columns_equivalent(sql) -%}{%- endif %}
  {{ 'copy grants' if config.get('copy_grants', default=false) }}
  {{ 'with row access policy ' ~ policy if policy }}
  {{ 'with tag (' ~ tag ~ ')' if tag }}
  as (
    {{ sql }}
  );
{% endmacro %}

{# The work of the view materialization. Whatever is no view has to make room: dynamic tables too. #}
{% macro snowflake__create_or_replace_view() %}
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
