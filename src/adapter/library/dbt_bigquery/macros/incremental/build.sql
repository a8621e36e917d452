{# From strategy to SQL. #}

{% macro bq_generate_incremental_build_sql(
    strategy, tmp_relation, target_relation, sql, unique_key, partition_by, partitions, dest_columns, tmp_relation_exists, copy_partitions, incremental_predicates
) %}
  {%- if strategy == 'insert_overwrite' -%}
    {%- do return(bq_generate_incremental_insert_overwrite_build_sql(
      tmp_relation, target_relation, sql, unique_key, partition_by, partitions, dest_columns, tmp_relation_exists, copy_partitions
    )) -%}
  {%- elif strategy == 'microbatch' -%}
    {%- do return(bq_generate_microbatch_build_sql(
      tmp_relation, target_relation, sql, unique_key, partition_by, partitions, dest_columns, tmp_relation_exists, copy_partitions
    )) -%}
  {%- endif -%}
  {%- do return(bq_generate_incremental_merge_build_sql(
    tmp_relation, target_relation, sql, unique_key, partition_by, dest_columns, tmp_relation_exists, incremental_predicates
  )) -%}
{% endmacro %}

{# A table made by the query, whichever way its partitioning allows. #}
{% macro bq_create_table_as(partition_by, temporary, relation, compiled_code, language='sql') %}
  {%- set by_ingestion = partition_by is not none and partition_by.time_ingestion_partitioning -%}
  {%- set declaration = declare_dbt_max_partition(this, partition_by, compiled_code, language) -%}
  {%- if by_ingestion and language == 'python' -%}
    {%- do exceptions.raise_compiler_error('Python models do not support ingestion time partitioning') -%}
  {%- elif by_ingestion and language == 'sql' -%}
    {%- do run_query(create_table_as(temporary, relation, compiled_code)) -%}
    {%- do return(declaration ~ bq_insert_into_ingestion_time_partitioned_table_sql(relation, compiled_code)) -%}
  {%- endif -%}
  {%- do return(declaration ~ create_table_as(temporary, relation, compiled_code, language)) -%}
{% endmacro %}

{# Models may use a script variable with the newest partition of their table. #}
{% macro declare_dbt_max_partition(relation, partition_by, compiled_code, language='sql') %}
  {%- if language == 'sql' and '_dbt_max_partition' in compiled_code -%}
    declare _dbt_max_partition {{ partition_by.data_type_for_partition() }} default (
      select max({{ partition_by.field }}) from {{ this }}
      where {{ partition_by.field }} is not null
    );
  {%- endif -%}
{% endmacro %}

{# With require_partition_filter, statements that touch all partitions need a condition on it that is always true; else none. #}
{% macro predicate_for_avoid_require_partition_filter(target='DBT_INTERNAL_DEST') %}
  {%- set partitioning = adapter.parse_partition_by(config.get('partition_by', none)) -%}
  {%- if not (partitioning and config.get('require_partition_filter')) -%}
    {%- do return(none) -%}
  {%- endif -%}
  {%- set field = partitioning.time_partitioning_field() if partitioning.time_ingestion_partitioning else partitioning.field -%}
  {%- set column = '`' ~ target ~ '`.`' ~ field ~ '`' -%}
  {%- do return('( ' ~ column ~ ' is null or ' ~ column ~ ' is not null )') -%}
{% endmacro %}
