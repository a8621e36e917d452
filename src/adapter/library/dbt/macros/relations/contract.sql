{# Contracts: the columns that the YAML declares are those that the table gets. #}

{# The bracketed list of a CREATE TABLE: columns with types and constraints, then the constraints of the whole table. #}
{% macro get_table_columns_and_constraints() %}{{ return(adapter.dispatch('get_table_columns_and_constraints', 'dbt')()) }}{% endmacro %}
{% macro default__get_table_columns_and_constraints() %}{{ return(table_columns_and_constraints()) }}{% endmacro %}

{% macro table_columns_and_constraints() %}
  {%- set of_columns = adapter.render_raw_columns_constraints(raw_columns=model['columns']) -%}
  {%- set of_table = adapter.render_raw_model_constraints(raw_constraints=model['constraints']) -%}
  (
    {{ (of_columns + of_table) | join(',\n    ') }}
  )
{% endmacro %}

{% macro get_assert_columns_equivalent(sql) %}{{ return(adapter.dispatch('get_assert_columns_equivalent', 'dbt')(sql)) }}{% endmacro %}
{% macro default__get_assert_columns_equivalent(sql) %}{{ return(assert_columns_equivalent(sql)) }}{% endmacro %}

{# Stops the build when the query's columns and the declared ones differ in number, name or type; order is free. #}
{% macro assert_columns_equivalent(sql) %}
  {# `emit` cannot ask; the table's own definition holds the query to the contract. #}
  {%- if flags.WHICH == 'emit' -%}{%- do return('') -%}{%- endif -%}
  {%- if not model['columns'] -%}
    {%- do exceptions.raise_contract_error([], []) -%}
  {%- endif -%}
  {%- set given = format_columns(get_column_schema_from_query(sql, config.get('sql_header', none))) -%}
  {%- set declared = format_columns(get_column_schema_from_query(get_empty_schema_sql(model['columns']))) -%}
  {%- set declared_by_name = {} -%}
  {%- for column in declared | reverse -%}
    {%- do declared_by_name.update({column['name']: column['formatted']}) -%}
  {%- endfor -%}
  {%- if given | length != declared | length -%}
    {%- do exceptions.raise_contract_error(declared, given) -%}
  {%- endif -%}
  {%- for column in given if declared_by_name.get(column['name']) != column['formatted'] -%}
    {%- do exceptions.raise_contract_error(declared, given) -%}
  {%- endfor -%}
{% endmacro %}

{# Columns as the comparison and its error message take them. #}
{% macro format_columns(columns) %}
  {%- set formatted = [] -%}
  {%- for column in columns -%}
    {%- do formatted.append(adapter.dispatch('format_column', 'dbt')(column)) -%}
  {%- endfor -%}
  {%- do return(formatted) -%}
{% endmacro %}
{% macro default__format_column(column) %}
  {%- set as_text = column.column | lower ~ ' ' ~ column.dtype -%}
  {%- do return({'name': column.name, 'data_type': column.dtype, 'formatted': as_text}) -%}
{% endmacro %}
