{# Columns, nested ones among them. #}

{# The condition that is always true keeps the planner from dropping the query altogether. #}
{% macro bigquery__get_empty_subquery_sql(select_sql, select_sql_header=none) %}
  {{- select_sql_header if select_sql_header is not none }}
  select * from (
    {{ select_sql }}
  ) as __dbt_sbq
  where false and current_timestamp() = current_timestamp()
  limit 0
{% endmacro %}

{# A result without rows has no columns either, so these are asked for otherwise. #}
{% macro bigquery__get_columns_in_query(select_sql) %}
  {%- do return(adapter.get_columns_in_select_sql(get_empty_subquery_sql(select_sql)) | map(attribute='name') | list) -%}
{% endmacro %}

{% macro bigquery__alter_relation_add_columns(relation, add_columns) %}
  {%- set added = [] -%}
  {%- for column in add_columns -%}{%- do added.append('add column ' ~ column.name ~ ' ' ~ column.data_type) -%}{%- endfor -%}
  {%- do return(run_query('alter ' ~ relation.type ~ ' ' ~ relation ~ ' ' ~ added | join(', '))) -%}
{% endmacro %}

{% macro bigquery__alter_relation_drop_columns(relation, drop_columns) %}
  {%- set dropped = [] -%}
  {%- for column in drop_columns -%}{%- do dropped.append('drop column ' ~ column.name) -%}{%- endfor -%}
  {%- do return(run_query('alter ' ~ relation.type ~ ' ' ~ relation ~ ' ' ~ dropped | join(', '))) -%}
{% endmacro %}

{% macro bigquery__alter_relation_add_remove_columns(relation, add_columns, remove_columns) %}
  {%- do adapter.alter_table_add_remove_columns(relation, add_columns, remove_columns) -%}
{% endmacro %}

{# Rewrites the whole table, which costs a scan of it. #}
{% macro bigquery__alter_column_type(relation, column_name, new_column_type) %}
  {%- set selected = [] -%}
  {%- for column in get_columns_in_relation(relation) -%}
    {%- set retyped = 'CAST(' ~ column.quoted ~ ' AS ' ~ new_column_type ~ ') AS ' ~ column.quoted -%}
    {%- do selected.append(retyped if column.column == column_name else column.quoted) -%}
  {%- endfor -%}
  {%- call statement('alter_column_type') -%}
    {{ create_table_as(False, relation, 'select ' ~ selected | join(', ') ~ ' from ' ~ relation) }}
  {%- endcall -%}
{% endmacro %}

{# Contracts: a declared `a.b` is a field of struct `a`. #}
{% macro bigquery__format_column(column) %}
  {%- do return({'name': column.name, 'data_type': column.data_type, 'formatted': column.column | lower ~ ' ' ~ column.data_type}) -%}
{% endmacro %}

{% macro bigquery__get_empty_schema_sql(columns) %}
  {%- set untyped = [] -%}
  {%- for column in columns.values() if column.get('data_type') is none -%}
    {%- do untyped.append(column['name']) -%}
  {%- endfor -%}
  {%- if untyped -%}
    {%- do exceptions.column_type_missing(column_names=untyped) -%}
  {%- endif -%}
  {%- do return(dbt.default__get_empty_schema_sql(adapter.nest_column_data_types(columns))) -%}
{% endmacro %}

{% macro bigquery__get_select_subquery(sql) %}
  select {{ adapter.dispatch('get_column_names', 'dbt')() }}
  from (
    {{ sql }}
  ) as model_subq
{%- endmacro %}

{% macro bigquery__get_column_names() %}
  {%- for column in adapter.nest_column_data_types(model['columns']).values() -%}
    {%- set name = adapter.quote(column['name']) if column.get('quote') else column['name'] -%}
    {{ api.Column.get_struct_select_expression(name, column.get('data_type') or '') }}{{ ', ' if not loop.last }}
  {%- endfor -%}
{% endmacro %}
