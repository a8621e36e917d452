{# The steps of `emit`'s materializations. #}

{% macro emit_table_of(target, rows_sql) %}
  {%- do emit_before(target) -%}
  {%- call statement('main') -%}
    {{ get_create_table_as_sql(False, target, rows_sql) }}
  {%- endcall -%}
  {%- do emit_indexes(target) -%}
  {%- do emit_after(target) -%}
{% endmacro %}

{% macro emit_before(target) %}
  {%- do run_hooks(pre_hooks, inside_transaction=False) -%}
  {%- do run_hooks(pre_hooks, inside_transaction=True) -%}
  {%- call statement('make_room') -%}
    {{ emit_make_room(target) }}
  {%- endcall -%}
{% endmacro %}

{% macro emit_after(target) %}
  {%- do apply_grants(target, config.get('grants'), should_revoke=False) -%}
  {%- do emit_docs(target) -%}
  {%- do run_hooks(post_hooks, inside_transaction=True) -%}
  {%- do run_hooks(post_hooks, inside_transaction=False) -%}
{% endmacro %}

{% macro emit_schema(relation) %}{{ return(adapter.dispatch('emit_schema', 'dbt')(relation)) }}{% endmacro %}
{% macro default__emit_schema(relation) %}
  {%- call statement('create_schema') -%}
    create schema if not exists {{ relation.without_identifier() }}
  {%- endcall -%}
{% endmacro %}

{# Takes away what an earlier run of the script made, where CREATE OR REPLACE does not. #}
{% macro emit_make_room(relation) %}{{ return(adapter.dispatch('emit_make_room', 'dbt')(relation)) }}{% endmacro %}
{% macro default__emit_make_room(relation) -%}
  drop {{ relation.type }} if exists {{ relation }} cascade
{%- endmacro %}

{% macro emit_seed_table(rows) %}{{ return(adapter.dispatch('emit_seed_table', 'dbt')(rows)) }}{% endmacro %}
{% macro default__emit_seed_table(rows) %}
  {%- set columns = [] -%}
  {%- for name in rows.column_names -%}
    {%- do columns.append(adapter.quote_seed_column(name | string, config.get('quote_columns', none)) ~ ' ' ~ emit_seed_type(rows, loop.index0)) -%}
  {%- endfor -%}
  {%- call statement('create_table') -%}
create table {{ this.render() }} (
  {{ columns | join(',\n  ') }}
)
  {%- endcall -%}
{% endmacro %}

{% macro emit_seed_type(rows, index) %}
  {%- do return(config.get('column_types', {}).get(rows.column_names[index], adapter.convert_type(rows, index))) -%}
{% endmacro %}

{# One line a row, so that a changed row is a changed line. #}
{% macro emit_seed_rows(rows) %}
  {%- set slots = [] -%}
  {%- for name in rows.column_names -%}
    {%- do slots.append(emit_seed_slot(emit_seed_type(rows, loop.index0))) -%}
  {%- endfor -%}
  {%- set head = 'insert into ' ~ this.render() ~ ' (' ~ get_seed_column_quoted_csv(model, rows.column_names) ~ ') values\n  ' -%}
  {%- set row_slots = '(' ~ slots | join(', ') ~ ')' -%}
  {%- for some in rows.rows | batch(1000) -%}
    {%- set values = [] -%}
    {%- set lines = [] -%}
    {%- for row in some -%}
      {%- do values.extend(row) -%}
      {%- do lines.append(row_slots) -%}
    {%- endfor -%}
    {%- do adapter.add_query(head ~ lines | join(',\n  '), bindings=values, abridge_sql_log=True) -%}
  {%- endfor -%}
{% endmacro %}

{# A value's place in an INSERT; warehouses that do not turn text into the column's type by themselves want a cast. #}
{% macro emit_seed_slot(type) %}{{ return(adapter.dispatch('emit_seed_slot', 'dbt')(type)) }}{% endmacro %}
{% macro default__emit_seed_slot(type) %}{{ return('%s') }}{% endmacro %}

{# An index keeps its name from run to run; a name of `create_indexes` is new each time. #}
{% macro emit_indexes(target) %}{{ return(adapter.dispatch('emit_indexes', 'dbt')(target)) }}{% endmacro %}
{% macro default__emit_indexes(target) %}
  {%- for raw in config.get('indexes', default=[]) if adapter.type() in ('duckdb', 'postgres') -%}
    {%- set index = adapter.parse_index(raw) -%}
    {%- set name = local_md5(target.render() ~ index.columns | join('_') ~ index.unique) -%}
    {%- set method = ' using ' ~ index.type if index.type and adapter.type() == 'postgres' -%}
    {%- call statement('create_index_' ~ loop.index) -%}
create {{ 'unique ' if index.unique }}index "{{ name }}" on {{ target }}{{ method }} ({{ index.columns | join(', ') }})
    {%- endcall -%}
  {%- endfor -%}
{% endmacro %}

{# persist_docs, without asking which columns there are. #}
{% macro emit_docs(target) %}{{ return(adapter.dispatch('emit_docs', 'dbt')(target)) }}{% endmacro %}
{% macro default__emit_docs(target) %}
  {%- if config.persist_relation_docs() and model.description -%}
    {%- call statement('comment') -%}
comment on {{ target.type }} {{ target }} is {{ emit_text(model.description) }}
    {%- endcall -%}
  {%- endif -%}
  {%- if config.persist_column_docs() -%}
    {%- for column in model.columns.values() if column.description -%}
      {%- call statement('comment_' ~ loop.index) -%}
comment on column {{ target }}.{{ adapter.quote(column.name) if column.quote else column.name }} is {{ emit_text(column.description) }}
      {%- endcall -%}
    {%- endfor -%}
  {%- endif -%}
{% endmacro %}

{% macro emit_text(text) %}{{ return(adapter.dispatch('emit_text', 'dbt')(text)) }}{% endmacro %}
{% macro default__emit_text(text) %}{{ return("'" ~ text | replace("'", "''") ~ "'") }}{% endmacro %}
