{# The queries that the catalog is made of, each over those before it. #}

{% macro _bigquery__get_table_shards_sql(information_schema) %}
  select
    tables.project_id as table_catalog,
    tables.dataset_id as table_schema,
    coalesce(REGEXP_EXTRACT(tables.table_id, '^(.+)[0-9]{8}$'), tables.table_id) as table_name,
    tables.table_id as shard_name,
    REGEXP_EXTRACT(tables.table_id, '^.+([0-9]{8})$') as shard_index,
    REGEXP_CONTAINS(tables.table_id, '^.+[0-9]{8}$') and tables.type = 1 as is_date_shard,
    case
      when materialized_views.table_name is not null then 'materialized view'
      when tables.type = 1 then 'table'
      when tables.type = 2 then 'view'
      else 'external'
    end as table_type,
    tables.type = 1 as is_table,
    JSON_VALUE(table_description.option_value) as table_comment,
    tables.size_bytes,
    tables.row_count
  from {{ information_schema.replace(information_schema_view='__TABLES__') }} tables
  left join {{ information_schema.replace(information_schema_view='MATERIALIZED_VIEWS') }} materialized_views
    on materialized_views.table_catalog = tables.project_id
    and materialized_views.table_schema = tables.dataset_id
    and materialized_views.table_name = tables.table_id
  left join {{ information_schema.replace(information_schema_view='TABLE_OPTIONS') }} table_description
    on table_description.table_catalog = tables.project_id
    and table_description.table_schema = tables.dataset_id
    and table_description.table_name = tables.table_id
    and table_description.option_name = 'description'
{% endmacro %}

{% macro _bigquery__get_tables_sql() %}
  select distinct table_catalog, table_schema, table_name, is_date_shard, table_type, is_table, table_comment
  from table_shards
{% endmacro %}

{% macro _bigquery__get_table_stats_sql() %}
  select
    table_catalog, table_schema, table_name,
    max(shard_name) as latest_shard_name,
    min(shard_index) as shard_min,
    max(shard_index) as shard_max,
    count(shard_index) as shard_count,
    sum(size_bytes) as size_bytes,
    sum(row_count) as row_count
  from table_shards
  group by 1, 2, 3
{% endmacro %}

{# Fields inside structs have no position of their own, so all fields are numbered anew. #}
{% macro _bigquery__get_columns_sql(information_schema) %}
  select
    columns.table_catalog,
    columns.table_schema,
    columns.table_name as shard_name,
    coalesce(paths.field_path, '<unknown>') as column_name,
    row_number() over (
      partition by columns.table_catalog, columns.table_schema, columns.table_name
      order by columns.ordinal_position, paths.field_path
    ) as column_index,
    coalesce(paths.data_type, '<unknown>') as column_type,
    paths.description as column_comment,
    if(columns.is_partitioning_column = 'YES', 1, 0) as is_partitioning_column,
    if(columns.is_partitioning_column = 'YES', paths.field_path, null) as partition_column,
    if(columns.clustering_ordinal_position is not null, 1, 0) as is_clustering_column,
    if(columns.clustering_ordinal_position is not null, paths.field_path, null) as cluster_column,
    columns.clustering_ordinal_position
  from {{ information_schema.replace(information_schema_view='COLUMNS') }} columns
  join {{ information_schema.replace(information_schema_view='COLUMN_FIELD_PATHS') }} paths
    on paths.table_catalog = columns.table_catalog
    and paths.table_schema = columns.table_schema
    and paths.table_name = columns.table_name
    and paths.column_name = columns.column_name
  where columns.ordinal_position is not null
{% endmacro %}

{% macro _bigquery__get_column_stats_sql() %}
  select
    table_catalog, table_schema, shard_name,
    max(is_partitioning_column) = 1 as is_partitioned,
    max(partition_column) as partition_column,
    max(is_clustering_column) = 1 as is_clustered,
    array_to_string(array_agg(cluster_column ignore nulls order by clustering_ordinal_position), ', ') as clustering_columns
  from columns
  group by 1, 2, 3
{% endmacro %}

{# Statistics: label, value, explanation, and whether to show it. External tables have no columns on record, and the
   catalog takes no nulls. #}
{% macro _bigquery__get_extended_catalog_sql() %}
  {%- set stats = [
    ('date_shards', 'Shard count', 'table_stats.shard_count', 'How many date shards the table has', 'tables.is_date_shard'),
    ('date_shard_min', 'Shard (min)', 'table_stats.shard_min', 'The first date shard', 'tables.is_date_shard'),
    ('date_shard_max', 'Shard (max)', 'table_stats.shard_max', 'The last date shard', 'tables.is_date_shard'),
    ('num_rows', '# Rows', 'table_stats.row_count', 'About how many rows the table has', 'tables.is_table'),
    ('num_bytes', 'Approximate Size', 'table_stats.size_bytes', 'The size of the table, as BigQuery reports it', 'tables.is_table'),
    ('partitioning_type', 'Partitioned By', 'column_stats.partition_column', 'The column that the table is partitioned by', 'column_stats.is_partitioned'),
    ('clustering_fields', 'Clustered By', 'column_stats.clustering_columns', 'The columns that the table is clustered by', 'column_stats.is_clustered')
  ] -%}
  select
    tables.table_catalog as table_database,
    tables.table_schema,
    if(tables.is_date_shard, concat(tables.table_name, '*'), tables.table_name) as table_name,
    tables.table_type,
    tables.table_comment,
    coalesce(columns.column_name, '<unknown>') as column_name,
    coalesce(columns.column_index, 1) as column_index,
    coalesce(columns.column_type, '<unknown>') as column_type,
    coalesce(columns.column_comment, '') as column_comment
  {%- for id, label, value, explanation, include in stats -%},
    '{{ label }}' as `stats__{{ id }}__label`,
    {{ value }} as `stats__{{ id }}__value`,
    '{{ explanation }}' as `stats__{{ id }}__description`,
    {{ include }} as `stats__{{ id }}__include`
  {%- endfor %}
  from tables
  join table_stats
    on table_stats.table_catalog = tables.table_catalog
    and table_stats.table_schema = tables.table_schema
    and table_stats.table_name = tables.table_name
  left join column_stats
    on column_stats.table_catalog = tables.table_catalog
    and column_stats.table_schema = tables.table_schema
    and column_stats.shard_name = table_stats.latest_shard_name
  left join columns
    on columns.table_catalog = tables.table_catalog
    and columns.table_schema = tables.table_schema
    and columns.shard_name = table_stats.latest_shard_name
{% endmacro %}
