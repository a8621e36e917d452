{# insert_overwrite and microbatch: whole partitions make room. Which ones, the config says (static), or the new rows do (dynamic).
   With copy_partitions they are copied by jobs, which cost nothing, instead of by a MERGE. #}

{% macro bq_generate_incremental_insert_overwrite_build_sql(
    tmp_relation, target_relation, sql, unique_key, partition_by, partitions, dest_columns, tmp_relation_exists, copy_partitions
) %}
  {%- if partition_by is none -%}
    {%- do exceptions.raise_compiler_error("The strategy 'insert_overwrite' needs the config `partition_by`") -%}
  {%- endif -%}
  {%- do return(bq_insert_overwrite_sql(
    tmp_relation, target_relation, sql, unique_key, partition_by, partitions, dest_columns, tmp_relation_exists, copy_partitions
  )) -%}
{% endmacro %}

{# A batch is a partition. #}
{% macro bq_validate_microbatch_config(config) %}
  {%- set partitioning = config.get('partition_by') -%}
  {%- if partitioning is none -%}
    {%- do exceptions.raise_compiler_error("The 'microbatch' strategy requires a `partition_by` config.") -%}
  {%- elif partitioning.granularity != config.get('batch_size') -%}
    {%- do exceptions.raise_compiler_error(
      "The 'microbatch' strategy requires a `partition_by` config with the same granularity as its configured `batch_size`.\nGot:\n"
      ~ '  `batch_size`: ' ~ config.get('batch_size') ~ '\n  `partition_by.granularity`: ' ~ partitioning.granularity
    ) -%}
  {%- endif -%}
{% endmacro %}

{% macro bq_generate_microbatch_build_sql(
    tmp_relation, target_relation, sql, unique_key, partition_by, partitions, dest_columns, tmp_relation_exists, copy_partitions
) %}
  {%- do return(bq_insert_overwrite_sql(
    tmp_relation, target_relation, sql, unique_key, partition_by, partitions, dest_columns, tmp_relation_exists, copy_partitions
  )) -%}
{% endmacro %}

{% macro bq_insert_overwrite_sql(
    tmp_relation, target_relation, sql, unique_key, partition_by, partitions, dest_columns, tmp_relation_exists, copy_partitions
) %}
  {%- if partitions -%}
    {{ bq_static_insert_overwrite_sql(tmp_relation, target_relation, sql, partition_by, partitions, dest_columns, tmp_relation_exists, copy_partitions) }}
  {%- else -%}
    {{ bq_dynamic_insert_overwrite_sql(tmp_relation, target_relation, sql, unique_key, partition_by, dest_columns, tmp_relation_exists, copy_partitions) }}
  {%- endif -%}
{% endmacro %}

{# A job for each partition; its id is the partition's time or number. #}
{% macro bq_copy_partitions(tmp_relation, target_relation, partitions, partition_by) %}
  {%- set formats = {'hour': '%Y%m%d%H', 'day': '%Y%m%d', 'month': '%Y%m', 'year': '%Y'} -%}
  {%- for partition in partitions -%}
    {%- set id = partition | as_text if partition_by.data_type == 'int64' else (partition.strftime(formats[partition_by.granularity]) if partition_by.granularity in formats else partition) -%}
    {%- set from = api.Relation.create(database=tmp_relation.database, schema=tmp_relation.schema, identifier=tmp_relation.table ~ '$' ~ id, type=tmp_relation.type) -%}
    {%- set to = api.Relation.create(database=target_relation.database, schema=target_relation.schema, identifier=target_relation.table ~ '$' ~ id, type=target_relation.type) -%}
    {%- do adapter.copy_table(from, to, 'table') -%}
  {%- endfor -%}
{% endmacro %}

{# The new rows as a subquery. #}
{% macro bq_static_select_insert_overwrite_sql(tmp_relation, sql, partition_by, tmp_relation_exists) %}
  {%- set rows -%}
    (
    {%- if tmp_relation_exists %}
      select {{ partition_by.insertable_time_partitioning_field() ~ ', ' if partition_by.time_ingestion_partitioning }} * from {{ tmp_relation }}
    {%- elif partition_by.time_ingestion_partitioning %}
      {{ wrap_with_time_ingestion_partitioning_sql(partition_by, sql, true) }}
    {%- else %}
      {{ sql }}
    {%- endif %}
    )
  {%- endset -%}
  {%- do return(rows) -%}
{% endmacro %}

{# Every listed partition is copied, those without new rows too: the list asks for it. #}
{% macro bq_static_copy_partitions_insert_overwrite_sql(
    tmp_relation, target_relation, sql, partition_by, partitions, tmp_relation_exists
) %}
  {%- if tmp_relation_exists is false -%}
    {%- set rows = bq_static_select_insert_overwrite_sql(tmp_relation, sql, partition_by, tmp_relation_exists) -%}
    {%- call statement('create_tmp_relation_for_copy', language='sql') -%}
      {{ bq_create_table_as(partition_by, true, tmp_relation, rows, 'sql') }}
    {%- endcall -%}
  {%- endif -%}
  {%- set listed -%}
    select cast(partition_literal as timestamp) as partition_ts from unnest([ {{ partitions | join(', ') }} ]) as partition_literal
  {%- endset -%}
  {%- do bq_copy_partitions(tmp_relation, target_relation, run_query(listed).columns[0].values(), partition_by) -%}
  drop table if exists {{ tmp_relation }}
{%- endmacro %}

{# A temporary table was made with the SQL header; without one the MERGE carries it. #}
{% macro bq_static_insert_overwrite_sql(
    tmp_relation, target_relation, sql, partition_by, partitions, dest_columns, tmp_relation_exists, copy_partitions
) %}
  {%- if copy_partitions -%}
    {%- do return(bq_static_copy_partitions_insert_overwrite_sql(tmp_relation, target_relation, sql, partition_by, partitions, tmp_relation_exists)) -%}
  {%- endif -%}
  {%- set predicate = partition_by.render_wrapped(alias='dbt_internal_dest') ~ ' in ( ' ~ partitions | join(', ') ~ ' )' -%}
  {%- set rows = bq_static_select_insert_overwrite_sql(tmp_relation, sql, partition_by, tmp_relation_exists) -%}
  {{ get_insert_overwrite_merge_sql(target_relation, rows, dest_columns, [predicate], include_sql_header=not tmp_relation_exists) }};
  {{ 'drop table if exists ' ~ tmp_relation ~ ';' if tmp_relation_exists }}
{% endmacro %}

{% macro bq_dynamic_copy_partitions_insert_overwrite_sql(
    tmp_relation, target_relation, sql, unique_key, partition_by, dest_columns, tmp_relation_exists, copy_partitions
) %}
  {%- if tmp_relation_exists is false -%}
    {%- call statement('create_tmp_relation_for_copy', language='sql') -%}
      {{ bq_create_table_as(partition_by, True, tmp_relation, sql, 'sql') }}
    {%- endcall -%}
  {%- endif -%}
  {# A result without rows has no columns either. #}
  {%- set touched = run_query('select distinct ' ~ partition_by.render_wrapped() ~ ' from ' ~ tmp_relation) -%}
  {%- if touched.rows | length -%}
    {%- do bq_copy_partitions(tmp_relation, target_relation, touched.columns[0].values(), partition_by) -%}
  {%- endif -%}
  drop table if exists {{ tmp_relation }}
{%- endmacro %}

{# A script: the new rows as a table, the partitions that they touch as an array, the MERGE, and the table dropped. Null partitions
   are left out, as _dbt_max_partition leaves them out. #}
{% macro bq_dynamic_insert_overwrite_sql(tmp_relation, target_relation, sql, unique_key, partition_by, dest_columns, tmp_relation_exists, copy_partitions) %}
  {%- if copy_partitions is true -%}
    {%- do return(bq_dynamic_copy_partitions_insert_overwrite_sql(tmp_relation, target_relation, sql, unique_key, partition_by, dest_columns, tmp_relation_exists, copy_partitions)) -%}
  {%- endif -%}
  {%- set by_ingestion = partition_by.time_ingestion_partitioning -%}
  {%- set field = partition_by.time_partitioning_field() if by_ingestion else partition_by.render_wrapped() -%}
  {%- set predicate = partition_by.render_wrapped(alias='DBT_INTERNAL_DEST') ~ ' in unnest(dbt_partitions_for_replacement)' -%}
  {%- set rows -%}
    (
      select {{ partition_by.insertable_time_partitioning_field() ~ ', ' if by_ingestion }} * from {{ tmp_relation }}
    )
  {%- endset -%}
  declare dbt_partitions_for_replacement array<{{ partition_by.data_type_for_partition() }}>;
  {{ bq_create_table_as(partition_by, True, tmp_relation, sql, 'sql') if not tmp_relation_exists }}
  set (dbt_partitions_for_replacement) = (
    select as struct array_agg(distinct {{ field }} IGNORE NULLS) from {{ tmp_relation }}
  );
  {{ get_insert_overwrite_merge_sql(target_relation, rows, dest_columns, [predicate]) }};
  drop table if exists {{ tmp_relation }}
{% endmacro %}
