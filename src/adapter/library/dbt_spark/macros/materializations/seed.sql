{# Seed tables. Values are cast one by one: the driver sends them as texts. #}

{% macro spark__get_binding_char() %}{{ return('?' if target.method == 'odbc' else '%s') }}{% endmacro %}

{% macro spark__create_csv_table(model, agate_table) %}
  {%- set chosen = model['config'].get('column_types', {}) -%}
  {%- set quoting = model['config'].get('quote_columns', none) -%}
  {%- set columns = [] -%}
  {%- for name in agate_table.column_names -%}
    {%- set type = chosen.get(name, adapter.convert_type(agate_table, loop.index0)) -%}
    {%- do columns.append(adapter.quote_seed_column(name | string, quoting) ~ ' ' ~ type) -%}
  {%- endfor -%}
  {%- set ddl -%}
    create table {{ this.render() }} ({{ columns | join(', ') }})
    {{ file_format_clause() }}
    {{ partition_cols(label='partitioned by') }}
    {{ clustered_cols(label='clustered by') }}
    {{ location_clause() }}
    {{ comment_clause() }}
  {%- endset -%}
  {%- call statement('_') -%}
    {{ ddl }}
  {%- endcall -%}
  {%- do return(ddl) -%}
{% endmacro %}

{# Rows cannot be deleted, so the table is always made anew. #}
{% macro spark__reset_csv_table(model, full_refresh, old_relation, agate_table) %}
  {%- if old_relation -%}{%- do adapter.drop_relation(old_relation) -%}{%- endif -%}
  {%- do return(create_csv_table(model, agate_table)) -%}
{% endmacro %}

{% macro spark__load_csv_rows(model, agate_table) %}
  {%- set chosen = model['config'].get('column_types', {}) -%}
  {%- set slots = [] -%}
  {%- for name in agate_table.column_names -%}
    {%- set type = chosen.get(name, adapter.convert_type(agate_table, loop.index0)) -%}
    {%- do slots.append('cast(' ~ get_binding_char() | trim ~ ' as ' ~ type ~ ')') -%}
  {%- endfor -%}
  {%- set row_slots = '(' ~ slots | join(',') ~ ')' -%}
  {%- set sent = [] -%}
  {%- for rows in agate_table.rows | batch(get_batch_size()) -%}
    {%- set values = [] -%}
    {%- set tuples = [] -%}
    {%- for row in rows -%}
      {%- do values.extend(row) -%}
      {%- do tuples.append(row_slots) -%}
    {%- endfor -%}
    {%- set dml = 'insert into ' ~ this.render() ~ ' values ' ~ tuples | join(',') -%}
    {%- do adapter.add_query(dml, bindings=values, abridge_sql_log=True) -%}
    {%- if loop.first -%}{%- do sent.append(dml) -%}{%- endif -%}
  {%- endfor -%}
  {%- do return(sent[0]) -%}
{% endmacro %}
