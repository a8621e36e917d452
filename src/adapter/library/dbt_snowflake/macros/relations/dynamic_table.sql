{# Dynamic tables: Snowflake's materialized views, kept fresh within a lag. #}

{% macro snowflake__get_create_dynamic_table_as_sql(relation, sql) %}
  {%- set table = relation.from_config(config.model) -%}
  {%- set kind = adapter.build_catalog_relation(config.model).catalog_type -%}
  {%- if kind == 'INFO_SCHEMA' -%}
    {{ snowflake__create_dynamic_table_info_schema_sql(table, relation, compiled_code) }}
  {%- elif kind == 'BUILT_IN' -%}
    {{ snowflake__create_dynamic_table_built_in_sql(table, relation, compiled_code) }}
  {%- else -%}
    {%- do exceptions.raise_compiler_error('No config found for ' ~ relation) -%}
  {%- endif -%}
{% endmacro %}

{% macro snowflake__get_replace_dynamic_table_sql(relation, sql) %}
  {%- set table = relation.from_config(config.model) -%}
  {%- set kind = adapter.build_catalog_relation(config.model).catalog_type -%}
  {%- if kind == 'INFO_SCHEMA' -%}
    {{ snowflake__replace_dynamic_table_info_schema_sql(table, relation, sql) }}
  {%- elif kind == 'BUILT_IN' -%}
    {{ snowflake__replace_dynamic_table_built_in_sql(table, relation, sql) }}
  {%- else -%}
    {%- do exceptions.raise_compiler_error('No config found for ' ~ relation) -%}
  {%- endif -%}
{% endmacro %}

{# A standard one. Transient by its config, else by the project's flag. Without a lag it refreshes on demand alone. #}
{% macro snowflake__create_dynamic_table_info_schema_sql(dynamic_table, relation, sql) %}
  {%- set transient = dynamic_table.transient if dynamic_table.transient is not none else adapter.behavior.snowflake_default_transient_dynamic_tables.no_warn -%}
  {%- set scheduler = dynamic_table.scheduler or ('DISABLE' if dynamic_table.target_lag is none else none) -%}
  create {{ 'transient' if transient }} dynamic table {{ relation }}
  {{ optional('target_lag', dynamic_table.target_lag, "'") }}
  warehouse = {{ dynamic_table.warehouse_parameter }}
  {{ optional('initialization_warehouse', dynamic_table.snowflake_initialization_warehouse) }}
  {{ optional('refresh_mode', dynamic_table.refresh_mode) }}
  {{ optional('initialize', dynamic_table.initialize) }}
  {{ optional('scheduler', scheduler, "'") }}
  {{ optional('with row access policy', dynamic_table.row_access_policy, equals_char='') }}
  {{ optional('with tag', dynamic_table.table_tag, quote_char='(', equals_char='') }}
  {{ optional('cluster by', dynamic_table.cluster_by, quote_char='(', equals_char='') }}
  {{ optional('immutable where', dynamic_table.immutable_where, quote_char='(', equals_char='') }}
  as (
    {{ sql }}
  )
{% endmacro %}

{% macro snowflake__replace_dynamic_table_info_schema_sql(dynamic_table, relation, sql) %}
  {%- set transient = dynamic_table.transient if dynamic_table.transient is not none else adapter.behavior.snowflake_default_transient_dynamic_tables.no_warn -%}
  {%- set scheduler = dynamic_table.scheduler or ('DISABLE' if dynamic_table.target_lag is none else none) -%}
  create or replace {{ 'transient' if transient }} dynamic table {{ relation }}
  {{ optional('target_lag', dynamic_table.target_lag, "'") }}
  warehouse = {{ dynamic_table.warehouse_parameter }}
  {{ optional('initialization_warehouse', dynamic_table.snowflake_initialization_warehouse) }}
  {{ optional('refresh_mode', dynamic_table.refresh_mode) }}
  {{ optional('initialize', dynamic_table.initialize) }}
  {{ optional('scheduler', scheduler, "'") }}
  {{ optional('with row access policy', dynamic_table.row_access_policy, equals_char='') }}
  {{ optional('with tag', dynamic_table.table_tag, quote_char='(', equals_char='') }}
  {{ optional('cluster by', dynamic_table.cluster_by, quote_char='(', equals_char='') }}
  {{ 'copy grants' if dynamic_table.copy_grants }}
  {{ optional('immutable where', dynamic_table.immutable_where, quote_char='(', equals_char='') }}
  as (
    {{ sql }}
  )
{% endmacro %}

{# An Iceberg one, in Snowflake's own catalog. #}
{% macro snowflake__create_dynamic_table_built_in_sql(dynamic_table, relation, sql) %}
  {%- set catalog = adapter.build_catalog_relation(config.model) -%}
  {%- set scheduler = dynamic_table.scheduler or ('DISABLE' if dynamic_table.target_lag is none else none) -%}
  create dynamic iceberg table {{ relation }}
  {{ optional('target_lag', dynamic_table.target_lag, "'") }}
  warehouse = {{ dynamic_table.warehouse_parameter }}
  {{ optional('initialization_warehouse', dynamic_table.snowflake_initialization_warehouse) }}
  {{ optional('external_volume', catalog.external_volume, "'") }}
  catalog = 'SNOWFLAKE'
  base_location = '{{ catalog.base_location }}'
  {{ optional('iceberg_version', catalog.iceberg_version) }}
  {{ optional('refresh_mode', dynamic_table.refresh_mode) }}
  {{ optional('initialize', dynamic_table.initialize) }}
  {{ optional('scheduler', scheduler, "'") }}
  {{ optional('row_access_policy', dynamic_table.row_access_policy) }}
  {{ optional('table_tag', dynamic_table.table_tag) }}
  {{ optional('cluster by', dynamic_table.cluster_by, quote_char='(', equals_char='') }}
  {{ optional('immutable where', dynamic_table.immutable_where, quote_char='(', equals_char='') }}
  as (
    {{ sql }}
  )
{% endmacro %}

{% macro snowflake__replace_dynamic_table_built_in_sql(dynamic_table, relation, sql) %}
  {%- set catalog = adapter.build_catalog_relation(config.model) -%}
  {%- set scheduler = dynamic_table.scheduler or ('DISABLE' if dynamic_table.target_lag is none else none) -%}
  create or replace dynamic iceberg table {{ relation }}
  {{ optional('target_lag', dynamic_table.target_lag, "'") }}
  warehouse = {{ dynamic_table.warehouse_parameter }}
  {{ optional('initialization_warehouse', dynamic_table.snowflake_initialization_warehouse) }}
  {{ optional('external_volume', catalog.external_volume, "'") }}
  catalog = 'snowflake'
  base_location = '{{ catalog.base_location }}'
  {{ optional('iceberg_version', catalog.iceberg_version) }}
  {{ optional('refresh_mode', dynamic_table.refresh_mode) }}
  {{ optional('initialize', dynamic_table.initialize) }}
  {{ optional('scheduler', scheduler, "'") }}
  {{ optional('row_access_policy', dynamic_table.row_access_policy) }}
  {{ optional('table_tag', dynamic_table.table_tag) }}
  {{ optional('cluster by', dynamic_table.cluster_by, quote_char='(', equals_char='') }}
  {{ 'copy grants' if dynamic_table.copy_grants }}
  {{ optional('immutable where', dynamic_table.immutable_where, quote_char='(', equals_char='') }}
  as (
    {{ sql }}
  )
{% endmacro %}

{% macro snowflake__describe_dynamic_table(relation) %}{{ return(adapter.describe_dynamic_table(relation)) }}{% endmacro %}

{% macro snowflake__get_drop_dynamic_table_sql(relation) -%}
  drop dynamic table if exists {{ relation }}
{%- endmacro %}

{% macro snowflake__refresh_dynamic_table(relation) %}
  {%- do log('Applying REFRESH to: ' ~ relation) -%}
  alter dynamic table {{ relation }} refresh
{%- endmacro %}
