{# Seed tables. The first batch of rows overwrites the old ones and all batches are one transaction, so that no reader finds the
   table empty. Linked databases have no transactions. #}

{% macro snowflake__create_csv_table(model, agate_table) %}
  {%- set chosen = model['config'].get('column_types', {}) -%}
  {%- set quoting = model['config'].get('quote_columns', none) -%}
  {%- set columns = [] -%}
  {%- for name in agate_table.column_names -%}
    {%- set type = chosen.get(name, adapter.convert_type(agate_table, loop.index0)) -%}
    {%- do columns.append(adapter.quote_seed_column(name | string, quoting) ~ ' ' ~ type) -%}
  {%- endfor -%}
  {%- set kind = 'transient table ' if adapter.build_catalog_relation(config.model).is_transient else 'table ' -%}
  {%- set ddl = 'create ' ~ kind ~ this.render() ~ ' (' ~ columns | join(', ') ~ ')' -%}
  {%- call statement('_') -%}
    {{ ddl }}
  {%- endcall -%}
  {%- do return(ddl) -%}
{% endmacro %}

{# TRUNCATE would commit by itself; it is left to files without rows, for which nothing is loaded. #}
{% macro snowflake__reset_csv_table(model, full_refresh, old_relation, agate_table) %}
  {%- if full_refresh -%}
    {%- do adapter.drop_relation(old_relation) -%}
    {%- do return(create_csv_table(model, agate_table)) -%}
  {%- elif agate_table.rows | length == 0 -%}
    {%- do adapter.truncate_relation(old_relation) -%}
  {%- endif -%}
  {%- do return('') -%}
{% endmacro %}

{% macro snowflake__load_csv_rows(model, agate_table) %}
  {%- set columns = get_seed_column_quoted_csv(model, agate_table.column_names) -%}
  {%- set head = 'into ' ~ this.render() ~ ' (' ~ columns ~ ') ' -%}
  {%- set in_transaction = not snowflake__is_catalog_linked_database(relation=config.model) -%}
  {%- set slots = [] -%}
  {%- for name in agate_table.column_names -%}{%- do slots.append('%s') -%}{%- endfor -%}
  {%- set row_slots = '(' ~ slots | join(',') ~ ')' -%}
  {%- set sent = [] -%}
  {%- if in_transaction -%}{%- do adapter.add_query('BEGIN', auto_begin=False) -%}{%- endif -%}
  {%- for rows in agate_table.rows | batch(get_batch_size()) -%}
    {%- set values = [] -%}
    {%- set tuples = [] -%}
    {%- for row in rows -%}
      {%- do values.extend(row) -%}
      {%- do tuples.append(row_slots) -%}
    {%- endfor -%}
    {%- set dml = ('insert overwrite ' if loop.first else 'insert ') ~ head ~ 'values ' ~ tuples | join(',') -%}
    {%- do adapter.add_query(dml, bindings=values, abridge_sql_log=True) -%}
    {%- if loop.first -%}{%- do sent.append(dml) -%}{%- endif -%}
  {%- else -%}
    {%- set dml = 'insert overwrite ' ~ head ~ 'select ' ~ columns ~ ' from ' ~ this.render() ~ ' where 1=0' -%}
    {%- do adapter.add_query(dml, abridge_sql_log=True) -%}
    {%- do sent.append(dml) -%}
  {%- endfor -%}
  {%- if in_transaction -%}{%- do adapter.add_query('COMMIT', auto_begin=False) -%}{%- endif -%}
  {%- do return(sent[0]) -%}
{% endmacro %}
