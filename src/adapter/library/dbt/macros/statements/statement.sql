{# Sending code to the warehouse and keeping its answer under a name. #}

{# Runs the body of a `call` block; `load_result(name)` gives the answer back later. Does nothing while parsing. #}
{% macro statement(name=None, fetch_result=False, auto_begin=True, language='sql') -%}
  {%- if execute -%}
    {%- set body = caller() -%}
    {%- if name == 'main' -%}
      {%- do log('Writing runtime ' ~ language ~ ' for node "' ~ model['unique_id'] ~ '"') -%}
      {%- do write(body) -%}
    {%- endif -%}
    {%- set table = none -%}
    {%- if language == 'sql' -%}
      {%- set response, table = adapter.execute(body, auto_begin=auto_begin, fetch=fetch_result) -%}
    {%- elif language == 'python' -%}
      {%- set response = submit_python_job(model, body) -%}
    {%- else -%}
      {%- do exceptions.raise_compiler_error('`statement` does not know the language `' ~ language ~ '`') -%}
    {%- endif -%}
    {%- if name is not none -%}
      {%- do store_result(name, response=response, agate_table=table) -%}
    {%- endif -%}
  {%- endif -%}
{%- endmacro %}

{# Records code that has been run by other means as if it were a statement's. #}
{% macro noop_statement(name=None, message=None, code=None, rows_affected=None, res=None) -%}
  {%- set body = caller() -%}
  {%- if name == 'main' -%}
    {%- do log('Writing runtime SQL for node "' ~ model['unique_id'] ~ '"') -%}
    {%- do write(body) -%}
  {%- endif -%}
  {%- if name is not none -%}
    {%- do store_raw_result(name, message=message, code=code, rows_affected=rows_affected, agate_table=res) -%}
  {%- endif -%}
{%- endmacro %}

{# One query, its rows as a table. #}
{% macro run_query(sql) %}
  {%- call statement('run_query_statement', fetch_result=true, auto_begin=false) -%}
    {{ sql }}
  {%- endcall -%}
  {%- do return(load_result('run_query_statement').table) -%}
{% endmacro %}
