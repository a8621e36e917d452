{# The columns that a snapshot adds to its rows. #}

{% macro get_snapshot_table_column_names() %}
  {%- set names = {} -%}
  {%- for name in ('dbt_valid_to', 'dbt_valid_from', 'dbt_scd_id', 'dbt_updated_at', 'dbt_is_deleted') -%}
    {%- do names.update({name: name}) -%}
  {%- endfor -%}
  {%- do return(names) -%}
{% endmacro %}

{# The end of a version that still holds: null, or what the config says, in the type of the updated_at column. #}
{% macro get_dbt_valid_to_current(strategy, columns) %}
  {%- set moment = strategy.updated_at -%}
  coalesce(nullif({{ moment }}, {{ moment }}), {{ config.get('dbt_valid_to_current') or 'null' }}) as {{ columns.dbt_valid_to }}
{% endmacro %}

{# Adds columns that the query has gained. #}
{% macro create_columns(relation, columns) %}{{ return(adapter.dispatch('create_columns', 'dbt')(relation, columns)) }}{% endmacro %}
{% macro default__create_columns(relation, columns) %}
  {%- for column in columns -%}
    {%- call statement() -%}
      alter table {{ relation.render() }} add column {{ adapter.quote(column.name) }} {{ column.expanded_data_type }};
    {%- endcall -%}
  {%- endfor -%}
{% endmacro %}

{% macro get_updated_at_column_data_type(snapshot_sql) %}
  {%- set ns = namespace(dtype=none) -%}
  {%- for column in get_column_schema_from_query(snapshot_sql) if column.column in ('dbt_updated_at', 'DBT_UPDATED_AT') -%}
    {%- set ns.dtype = column.dtype -%}
  {%- endfor -%}
  {%- do return(ns.dtype or none) -%}
{% endmacro %}

{# Warns when the updated_at column and the warehouse's clock have different types: versions would be compared wrongly. #}
{% macro check_time_data_types(sql) %}
  {%- set stamped = get_updated_at_column_data_type(sql) -%}
  {%- set clock = get_snapshot_get_time_data_type() -%}
  {%- if stamped is not none and clock is not none and stamped != clock and exceptions.warn_snapshot_timestamp_data_types -%}
    {%- do exceptions.warn_snapshot_timestamp_data_types(clock, stamped) -%}
  {%- endif -%}
{% endmacro %}
