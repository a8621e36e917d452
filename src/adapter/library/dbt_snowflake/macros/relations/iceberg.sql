{# Iceberg tables: in Snowflake's own catalog, in one behind a REST interface, and in AWS Glue. #}

{# The partition keys as a list; none without any. #}
{% macro get_partition_by_keys(catalog_relation) %}
  {%- set keys = catalog_relation.partition_by -%}
  {%- do return([keys] if keys and keys is string else keys) -%}
{% endmacro %}

{% macro snowflake__create_table_built_in_sql(relation, compiled_code) %}
  {%- set catalog = adapter.build_catalog_relation(config.model) -%}
  {%- set partition_keys = get_partition_by_keys(catalog) -%}
  {%- set header = config.get('sql_header', none) -%}
  {%- set policy = config.get('row_access_policy', default=none) -%}
  {%- set tag = config.get('table_tag', default=none) -%}
  {%- set contract = config.get('contract').enforced -%}
  {%- if contract -%}
    {%- do get_assert_columns_equivalent(compiled_code) -%}
    {%- set compiled_code = get_select_subquery(compiled_code) -%}
  {%- endif -%}
  {{ header if header is not none }}
  create or replace iceberg table {{ relation }}
  {{ get_table_columns_and_constraints() if contract }}
  {{ optional('external_volume', catalog.external_volume, "'") }}
  catalog = 'SNOWFLAKE'
  base_location = '{{ catalog.base_location }}'
  {{ 'partition by (' ~ partition_keys | join(', ') ~ ')' if partition_keys }}
  {{ optional('iceberg_version', catalog.iceberg_version) }}
  {{ optional('storage_serialization_policy', catalog.storage_serialization_policy, "'") }}
  {{ optional('max_data_extension_time_in_days', catalog.max_data_extension_time_in_days) }}
  {{ optional('data_retention_time_in_days', catalog.data_retention_time_in_days) }}
  {{ optional('change_tracking', catalog.change_tracking) }}
  {{ 'with row access policy ' ~ policy if policy }}
  {{ 'with tag (' ~ tag ~ ')' if tag }}
  {{ 'copy grants' if config.get('copy_grants', default=false) }}
  {{ 'copy tags' if config.get('copy_tags', default=false) }}
  as (
    {%- if catalog.cluster_by is none %}
    {{ compiled_code }}
    {%- else %}
    select * from (
      {{ compiled_code }}
    )
    order by ( {{ catalog.cluster_by }} )
    {%- endif %}
  );
  {% if catalog.cluster_by is not none -%}
    alter iceberg table {{ relation }} cluster by ({{ catalog.cluster_by }});
    {{ 'alter iceberg table ' ~ relation ~ ' resume recluster;' if catalog.automatic_clustering }}
  {%- endif -%}
{% endmacro %}

{# Such catalogs can neither replace nor rename a table: the old one has to go first. #}
{% macro snowflake__create_table_iceberg_rest_sql(relation, compiled_code) %}
  {%- set catalog = adapter.build_catalog_relation(config.model) -%}
  {%- set partition_keys = get_partition_by_keys(catalog) -%}
  {%- set existing = adapter.get_relation(database=relation.database, schema=relation.schema, identifier=relation.identifier) -%}
  {%- set header = config.get('sql_header', none) -%}
  {%- set policy = config.get('row_access_policy', default=none) -%}
  {%- set tag = config.get('table_tag', default=none) -%}
  {%- set contract = config.get('contract').enforced -%}
  {%- if contract -%}
    {%- do get_assert_columns_equivalent(compiled_code) -%}
    {%- set compiled_code = get_select_subquery(compiled_code) -%}
  {%- endif -%}
  {{ header if header is not none }}
  {{ 'drop table if exists ' ~ existing ~ ';' if existing }}
  create iceberg table {{ relation }}
  {{ get_table_columns_and_constraints() if contract }}
  {{ 'partition by (' ~ partition_keys | join(', ') ~ ')' if partition_keys }}
  {{ optional('external_volume', catalog.external_volume, "'") }}
  {{ optional('iceberg_version', catalog.iceberg_version) }}
  {{ optional('target_file_size', catalog.target_file_size, "'") }}
  {{ optional('auto_refresh', catalog.auto_refresh) }}
  {{ optional('max_data_extension_time_in_days', catalog.max_data_extension_time_in_days) }}
  {{ 'with row access policy ' ~ policy if policy }}
  {{ 'with tag (' ~ tag ~ ')' if tag }}
  {{ 'copy grants' if config.get('copy_grants', default=false) }}
  as (
    {{ compiled_code }}
  );
{% endmacro %}

{# Glue cannot make a table from a query: the columns are asked for, declared, and filled. It knows lower-case names alone. #}
{% macro snowflake__create_table_iceberg_rest_with_glue(relation, compiled_code, catalog_relation) %}
  {%- set existing = adapter.get_relation(database=relation.database, schema=relation.schema, identifier=relation.identifier) -%}
  {%- set header = config.get('sql_header', none) -%}
  {%- set policy = config.get('row_access_policy', default=none) -%}
  {%- set tag = config.get('table_tag', default=none) -%}
  {%- set columns = [] -%}
  {%- for column in get_column_schema_from_query(compiled_code) -%}
    {%- set type = 'INT' if column.data_type == 'FIXED' else ('STRING' if 'character varying' in column.data_type else column.data_type) -%}
    {%- do columns.append(adapter.quote(column.name | lower) ~ ' ' ~ type) -%}
  {%- endfor -%}
  {%- set partition_keys = [] -%}
  {%- for key in get_partition_by_keys(catalog_relation) or [] -%}
    {%- do partition_keys.append('"' ~ key | lower ~ '"') -%}
  {%- endfor -%}
  {{ header if header is not none }}
  {{ 'drop table if exists ' ~ existing ~ ';' if existing }}
  create iceberg table {{ relation }} ({{ columns | join(', ') }})
  {{ 'partition by (' ~ partition_keys | join(', ') ~ ')' if partition_keys }}
  {{ optional('external_volume', catalog_relation.external_volume, "'") }}
  {{ optional('iceberg_version', catalog_relation.iceberg_version) }}
  {{ optional('target_file_size', catalog_relation.target_file_size, "'") }}
  {{ optional('auto_refresh', catalog_relation.auto_refresh) }}
  {{ optional('max_data_extension_time_in_days', catalog_relation.max_data_extension_time_in_days) }}
  {{ 'with row access policy ' ~ policy if policy }}
  {{ 'with tag (' ~ tag ~ ')' if tag }}
  {{ 'copy grants' if config.get('copy_grants', default=false) }};
  insert into {{ relation }}
  {{ compiled_code }};
{% endmacro %}
