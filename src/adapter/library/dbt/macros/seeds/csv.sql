{# Seed tables: DDL from the file's columns, rows in batches of bound values. #}

{% macro create_csv_table(model, agate_table) %}{{ return(adapter.dispatch('create_csv_table', 'dbt')(model, agate_table)) }}{% endmacro %}
{% macro default__create_csv_table(model, agate_table) %}
  {%- set chosen = model['config'].get('column_types', {}) -%}
  {%- set quoting = model['config'].get('quote_columns', none) -%}
  {%- set columns = [] -%}
  {%- for name in agate_table.column_names -%}
    {%- set type = chosen.get(name, adapter.convert_type(agate_table, loop.index0)) -%}
    {%- do columns.append(adapter.quote_seed_column(name | string, quoting) ~ ' ' ~ type) -%}
  {%- endfor -%}
  {%- set ddl = 'create table ' ~ this.render() ~ ' (' ~ columns | join(', ') ~ ')' -%}
  {%- call statement('_') -%}
    {{ ddl }}
  {%- endcall -%}
  {%- do return(ddl) -%}
{% endmacro %}

{# Empties the table, or makes it anew on a full refresh; either in one transaction with the new rows, where there are transactions. #}
{% macro reset_csv_table(model, full_refresh, old_relation, agate_table) %}
  {{- return(adapter.dispatch('reset_csv_table', 'dbt')(model, full_refresh, old_relation, agate_table)) -}}
{% endmacro %}
{% macro default__reset_csv_table(model, full_refresh, old_relation, agate_table) %}
  {%- if full_refresh -%}
    {%- if adapter.ensure_transaction is defined -%}{%- do adapter.ensure_transaction() -%}{%- endif -%}
    {%- do adapter.drop_relation(old_relation) -%}
    {%- do return(create_csv_table(model, agate_table)) -%}
  {%- endif -%}
  {%- do adapter.truncate_relation(old_relation) -%}
  {%- do return('truncate table ' ~ old_relation.render()) -%}
{% endmacro %}

{# What the run folder shows of a seed. #}
{% macro get_csv_sql(create_or_truncate_sql, insert_sql) %}{{ return(adapter.dispatch('get_csv_sql', 'dbt')(create_or_truncate_sql, insert_sql)) }}{% endmacro %}
{% macro default__get_csv_sql(create_or_truncate_sql, insert_sql) %}
  {{ create_or_truncate_sql }};
  -- dbt seed --
  {{ insert_sql }}
{% endmacro %}

{# The driver's sign for a bound value, and how many rows one statement carries. #}
{% macro get_binding_char() %}{{ return(adapter.dispatch('get_binding_char', 'dbt')()) }}{% endmacro %}
{% macro default__get_binding_char() %}{{ return('%s') }}{% endmacro %}

{% macro get_batch_size() %}{{ return(adapter.dispatch('get_batch_size', 'dbt')()) }}{% endmacro %}
{% macro default__get_batch_size() %}{{ return(10000) }}{% endmacro %}

{% macro get_seed_column_quoted_csv(model, column_names) %}
  {%- set quoting = model['config'].get('quote_columns', none) -%}
  {%- set quoted = [] -%}
  {%- for name in column_names -%}{%- do quoted.append(adapter.quote_seed_column(name, quoting)) -%}{%- endfor -%}
  {%- do return(quoted | join(', ')) -%}
{% endmacro %}

{# Gives the first batch's statement back, for show. #}
{% macro load_csv_rows(model, agate_table) %}{{ return(adapter.dispatch('load_csv_rows', 'dbt')(model, agate_table)) }}{% endmacro %}
{% macro default__load_csv_rows(model, agate_table) %}
  {%- set head = 'insert into ' ~ this.render() ~ ' (' ~ get_seed_column_quoted_csv(model, agate_table.column_names) ~ ') values ' -%}
  {%- set slots = [] -%}
  {%- for name in agate_table.column_names -%}{%- do slots.append(get_binding_char() | trim) -%}{%- endfor -%}
  {%- set row_slots = '(' ~ slots | join(',') ~ ')' -%}
  {%- set sent = [] -%}
  {%- for rows in agate_table.rows | batch(get_batch_size()) -%}
    {%- set values = [] -%}
    {%- set tuples = [] -%}
    {%- for row in rows -%}
      {%- do values.extend(row) -%}
      {%- do tuples.append(row_slots) -%}
    {%- endfor -%}
    {%- set dml = head ~ tuples | join(',') -%}
    {%- do adapter.add_query(dml, bindings=values, abridge_sql_log=True) -%}
    {%- if loop.first -%}{%- do sent.append(dml) -%}{%- endif -%}
  {%- endfor -%}
  {%- do return(sent[0]) -%}
{% endmacro %}
