{# Running statements. #}

{# Python's staging table is dropped by the adapter once the statement is done. #}
{% macro statement_with_staging_table(name=None, staging_table=None, fetch_result=False, auto_begin=True) -%}
  {%- if execute -%}
    {%- set body = caller() -%}
    {%- if name == 'main' -%}
      {%- do log('Writing runtime SQL for node "' ~ model['unique_id'] ~ '"') -%}
      {%- do write(body) -%}
    {%- endif -%}
    {%- set response, table = adapter.execute(body, auto_begin=auto_begin, fetch=fetch_result, staging_table=staging_table) -%}
    {%- if name is not none -%}
      {%- do store_result(name, response=response, agate_table=table) -%}
    {%- endif -%}
  {%- endif -%}
{%- endmacro %}

{# One statement, or several one after the other: a session takes one at a time. #}
{% macro execute_multiple_statements(statements) %}
  {%- for code in ([statements] if statements is string else statements) -%}
    {%- call statement(name='main') -%}
      {{ code }}
    {%- endcall -%}
  {%- endfor -%}
{% endmacro %}

{# run_query under a name of its own, which the logs show. #}
{% macro run_query_as(sql, name, fetch_result=True) %}
  {%- call statement(name, fetch_result, auto_begin=False) -%}
    {{ sql }}
  {%- endcall -%}
  {%- do return(load_result(name).table if fetch_result else '') -%}
{% endmacro %}

{% macro execute_no_op(target_relation) %}
  {%- do store_raw_result(name='main', message='skip ' ~ target_relation, code='skip', rows_affected='-1') -%}
{% endmacro %}

{% macro run_pre_hooks() %}
  {%- do run_hooks(pre_hooks, inside_transaction=False) -%}
  {%- do run_hooks(pre_hooks, inside_transaction=True) -%}
{% endmacro %}

{% macro run_post_hooks() %}
  {%- do run_hooks(post_hooks, inside_transaction=True) -%}
  {%- do run_hooks(post_hooks, inside_transaction=False) -%}
{% endmacro %}
