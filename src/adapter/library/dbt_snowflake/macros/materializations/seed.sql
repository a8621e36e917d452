{# Seeds. Each batch of rows is a transaction of its own. #}

{% macro snowflake__load_csv_rows(model, agate_table) %}
  {%- set head = 'insert into ' ~ this.render() ~ ' (' ~ get_seed_column_quoted_csv(model, agate_table.column_names) ~ ') values ' -%}
  {%- set slots = [] -%}
  {%- for name in agate_table.column_names -%}{%- do slots.append('%s') -%}{%- endfor -%}
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
    {%- do adapter.add_query('BEGIN', auto_begin=False) -%}
    {%- do adapter.add_query(dml, bindings=values, abridge_sql_log=True) -%}
    {%- do adapter.add_query('COMMIT', auto_begin=False) -%}
    {%- if loop.first -%}{%- do sent.append(dml) -%}{%- endif -%}
  {%- endfor -%}
  {%- do return(sent[0]) -%}
{% endmacro %}
