{# Incremental tables: by merge, or by whole partitions. #}

{% materialization incremental, adapter='bigquery', supported_languages=['sql', 'python'] %}
  {%- set language = model['language'] -%}
  {%- set existing = load_relation(this) -%}
  {%- set temp = make_temp_relation(this) -%}
  {%- set rebuild = should_full_refresh() -%}
  {# A wrong strategy is an error before anything runs. #}
  {%- set strategy = dbt_bigquery_validate_get_incremental_strategy(config) -%}
  {%- set partitioning = adapter.parse_partition_by(config.get('partition_by', none)) -%}
  {%- set copy_partitions = partitioning.copy_partitions if partitioning is not none else none -%}
  {%- set on_schema_change = incremental_validate_on_schema_change(config.get('on_schema_change'), default='ignore') -%}
  {%- set has_temp = false -%}

  {%- do run_hooks(pre_hooks) -%}

  {%- if copy_partitions is true and strategy not in ('insert_overwrite', 'microbatch') -%}
    {%- do exceptions.raise_compiler_error("'copy_partitions' works only with the strategies 'insert_overwrite' and 'microbatch'") -%}
  {%- elif existing is none or existing.is_view or rebuild -%}
    {# A view, or a table of another layout, cannot be replaced: if possible it stays until the new table stands beside it. #}
    {%- set in_the_way = existing is not none and (existing.is_view or not adapter.is_replaceable(existing, partitioning, config.get('cluster_by', none))) -%}
    {%- set beside = in_the_way and bigquery__may_build_beside(language) -%}
    {%- if in_the_way and not beside -%}
      {%- do log('Hard refreshing ' ~ existing ~ ' because it is not replaceable') -%}
      {%- do adapter.drop_relation(existing) -%}
    {%- endif -%}
    {%- set place = make_intermediate_relation(this).incorporate(type='table') if beside else this -%}
    {%- call statement('main', language=language) -%}
      {{ bq_create_table_as(partitioning, False, place, compiled_code, language) }}
    {%- endcall -%}
    {%- if beside -%}
      {%- do bigquery__put_in_place(existing, place, this.incorporate(type='table')) -%}
    {%- endif -%}
  {%- else -%}
    {%- if language == 'python' and strategy == 'insert_overwrite' -%}
      {%- do exceptions.raise_compiler_error("A python model cannot use the strategy 'insert_overwrite'") -%}
    {%- endif -%}
    {# A table for the new rows is made only for those who look at it: schema changes and Python. #}
    {%- set columns = [] -%}
    {%- if on_schema_change != 'ignore' or language == 'python' -%}
      {%- set has_temp = true -%}
      {%- call statement('create_tmp_relation', language=language) -%}
        {{ bq_create_table_as(partitioning, True, temp, compiled_code, language) }}
      {%- endcall -%}
      {%- set columns = adapter.dispatch('process_schema_changes', 'dbt')(on_schema_change, temp, existing) -%}
    {%- endif -%}
    {%- set columns = columns or adapter.get_columns_in_relation(existing) -%}
    {%- if partitioning is not none and partitioning.time_ingestion_partitioning -%}
      {%- set columns = adapter.add_time_ingestion_partition_column(partitioning, columns) -%}
    {%- endif -%}
    {%- set predicates = config.get('predicates', default=none) or config.get('incremental_predicates', default=none) -%}
    {%- set build_sql = bq_generate_incremental_build_sql(
      strategy, temp, this, compiled_code, config.get('unique_key'), partitioning, config.get('partitions', none), columns, has_temp, copy_partitions, predicates
    ) -%}
    {%- call statement('main') -%}
      {{ build_sql }}
    {%- endcall -%}
  {%- endif -%}

  {%- do run_hooks(post_hooks) -%}
  {%- set target = this.incorporate(type='table') -%}
  {%- do apply_grants(target, config.get('grants'), should_revoke(existing, rebuild)) -%}
  {%- do persist_docs(target, model) -%}
  {%- if has_temp -%}{%- do adapter.drop_relation(temp) -%}{%- endif -%}
  {%- do return({'relations': [target]}) -%}
{% endmaterialization %}

{% macro dbt_bigquery_validate_get_incremental_strategy(config) %}
  {%- set strategy = config.get('incremental_strategy') or 'merge' -%}
  {%- if strategy not in ('merge', 'insert_overwrite', 'microbatch') -%}
    {%- do exceptions.raise_compiler_error('Invalid incremental strategy provided: ' ~ strategy ~ "\nExpected one of: 'merge', 'insert_overwrite', 'microbatch'") -%}
  {%- elif strategy == 'microbatch' -%}
    {%- do bq_validate_microbatch_config(config) -%}
  {%- endif -%}
  {%- do return(strategy) -%}
{% endmacro %}
