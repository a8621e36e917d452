{# Unit tests: rows written in YAML or CSV as a query of literals. #}

{# An input's rows. Columns that a row leaves out are null, of the type that the real table has. #}
{% macro get_fixture_sql(rows, column_name_to_data_types) %}
-- Fixture for {{ model.name }}
  {%- set types = column_name_to_data_types -%}
  {%- set quoted = {} -%}
  {%- if not types -%}
    {# The environment deferred to may have the table where this one has not. #}
    {%- set table = defer_relation if defer_relation and not load_relation(this) else this -%}
    {%- set types = {} -%}
    {%- for column in adapter.get_columns_in_relation(table) -%}
      {%- do types.update({column.name | lower: column.data_type}) -%}
      {%- do quoted.update({column.name | lower: column.quoted}) -%}
    {%- endfor -%}
    {%- if not types -%}
      {%- do exceptions.raise_compiler_error("Unit test '" ~ model.name ~ "' needs the columns of " ~ this ~ ", which does not exist") -%}
    {%- endif -%}
  {%- endif -%}

  {%- set empty_row = {} -%}
  {%- for name, type in types.items() -%}
    {%- do empty_row.update({name: safe_cast('null', type) | trim}) -%}
  {%- endfor -%}
  {%- do validate_fixture_rows(rows, row_number) -%}

  {%- for row in rows %}
    {%- set values = empty_row.copy() -%}
    {%- do values.update(format_row(row, types)) %}
{{ 'union all ' if not loop.first }}select
    {%- for name, value in values.items() %} {{ value }} as {{ quoted[name] }}{{ ',' if not loop.last }}{% endfor %}
  {%- else %}
select
    {%- for name, value in empty_row.items() %} {{ value }} as {{ quoted[name] }}{{ ',' if not loop.last }}{% endfor %}
limit 0
  {%- endfor %}
{% endmacro %}

{# The expected rows, with the columns that they name. #}
{% macro get_expected_sql(rows, column_name_to_data_types, column_name_to_quoted) %}
  {%- for row in rows %}
{{ 'union all ' if not loop.first }}select
    {%- for name, value in format_row(row, column_name_to_data_types).items() %} {{ value }} as {{ column_name_to_quoted[name] }}{{ ',' if not loop.last }}{% endfor %}
  {%- else -%}
select * from dbt_internal_unit_test_actual limit 0
  {%- endfor %}
{% endmacro %}

{# One row as SQL literals of the right types, under lower-case names. #}
{% macro format_row(row, column_name_to_data_types) %}
  {%- set formatted = {} -%}
  {%- for given_name, value in row.items() -%}
    {%- set name = given_name | lower -%}
    {%- if name not in column_name_to_data_types -%}
      {%- set fixture = 'expected output' if model.resource_type == 'unit_test' else "'" ~ model.name ~ "'" -%}
      {%- do exceptions.raise_compiler_error(
        "Invalid column name: '" ~ name ~ "' in unit test fixture for " ~ fixture ~ '.'
        ~ '\nAccepted columns for ' ~ fixture ~ ' are: ' ~ column_name_to_data_types.keys() | list
      ) -%}
    {%- endif -%}
    {%- set type = column_name_to_data_types[name] -%}
    {%- set literal = 'null' if value is none else value -%}
    {%- if value is string -%}
      {# A length would cut the text short without a word. #}
      {%- set type = type.split('(')[0] if 'varying' in type else type -%}
      {%- set literal = dbt.string_literal(dbt.escape_single_quotes(value)) -%}
    {%- endif -%}
    {%- do formatted.update({name: safe_cast(literal, type)}) -%}
  {%- endfor -%}
  {%- do return(formatted) -%}
{% endmacro %}

{# A place for warehouses to refuse rows that they cannot express. #}
{% macro validate_fixture_rows(rows, row_number) %}{{ return(adapter.dispatch('validate_fixture_rows', 'dbt')(rows, row_number)) }}{% endmacro %}
{% macro default__validate_fixture_rows(rows, row_number) %}{% endmacro %}
