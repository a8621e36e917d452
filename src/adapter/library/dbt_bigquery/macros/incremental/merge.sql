{# The merge strategy. #}

{% macro bq_generate_incremental_merge_build_sql(
    tmp_relation, target_relation, sql, unique_key, partition_by, dest_columns, tmp_relation_exists, incremental_predicates
) %}
  {%- set by_ingestion = partition_by is not none and partition_by.time_ingestion_partitioning -%}
  {%- set rows -%}
    (
    {%- if tmp_relation_exists %}
      select {{ partition_by.insertable_time_partitioning_field() ~ ', ' if by_ingestion }} * from {{ tmp_relation }}
    {%- elif by_ingestion %}
      {{ wrap_with_time_ingestion_partitioning_sql(partition_by, sql, True) }}
    {%- else %}
      {{ sql }}
    {%- endif %}
    )
  {%- endset -%}
  {%- set predicates = [] + (incremental_predicates or []) -%}
  {%- set every_partition = predicate_for_avoid_require_partition_filter() -%}
  {%- if every_partition is not none -%}{%- do predicates.append(every_partition) -%}{%- endif -%}
  {%- do return(get_merge_sql(target_relation, rows, unique_key, dest_columns, predicates)) -%}
{% endmacro %}

{# `is not distinct from` would hide the partition filter from the planner, and the MERGE would be refused. #}
{% macro bigquery__get_merge_unique_key_match(source_unique_key, target_unique_key) -%}
  {%- set a = source_unique_key -%}
  {%- set b = target_unique_key -%}
  {%- if adapter.behavior.enable_truthy_nulls_equals_macro.no_warn -%}
    (({{ a }} is null and {{ b }} is null) or ({{ a }} = {{ b }}))
  {%- else -%}
    ({{ a }} = {{ b }})
  {%- endif -%}
{%- endmacro %}
