{# Incremental tables. New rows stand in a temporary view; Python's stand in a table. #}

{% materialization incremental, adapter='spark', supported_languages=['sql', 'python'] %}
  {# A wrong setting is an error before anything runs. #}
  {%- set format = dbt_spark_validate_get_file_format(config.get('file_format', default='parquet')) -%}
  {%- set strategy = dbt_spark_validate_get_incremental_strategy(config.get('incremental_strategy') or 'append', format) -%}
  {%- set on_schema_change = incremental_validate_on_schema_change(config.get('on_schema_change'), default='ignore') -%}
  {%- set language = model['language'] -%}
  {%- set existing = load_relation(this) -%}
  {%- set temp = this.incorporate(path={'identifier': this.identifier ~ '__dbt_tmp'}) -%}
  {%- if language == 'sql' -%}
    {%- set temp = temp.include(database=false, schema=false) -%}
  {%- endif -%}

  {# Overwriting means the partitions that have new rows, not the table. #}
  {%- if strategy in ('insert_overwrite', 'microbatch') and config.get('partition_by', none) -%}
    {%- call statement() -%}
      set spark.sql.sources.partitionOverwriteMode = DYNAMIC
    {%- endcall -%}
  {%- endif -%}

  {%- do run_hooks(pre_hooks) -%}

  {%- if existing is none or existing.is_view or should_full_refresh() -%}
    {%- set in_the_way = existing is not none and not (format == 'delta' and existing.is_delta) -%}
    {%- set beside = in_the_way and spark__may_build_beside(language, format) -%}
    {%- set place = spark__make_place_beside(this) if beside else this -%}
    {%- if in_the_way and not beside -%}
      {%- do adapter.drop_relation(existing) -%}
    {%- endif -%}
    {%- call statement('main', language=language) -%}
      {{ create_table_as(False, place, compiled_code, language) }}
    {%- endcall -%}
    {%- if beside -%}
      {%- do adapter.drop_relation(existing) -%}
      {%- do adapter.rename_relation(place, this.incorporate(type='table')) -%}
    {%- endif -%}
    {%- do persist_constraints(this, model) -%}
  {%- else -%}
    {%- call statement('create_tmp_relation', language=language) -%}
      {{ create_table_as(True, temp, compiled_code, language) }}
    {%- endcall -%}
    {%- do process_schema_changes(on_schema_change, temp, existing) -%}
    {%- set predicates = config.get('predicates', none) or config.get('incremental_predicates', none) -%}
    {%- call statement('main') -%}
      {{ dbt_spark_get_incremental_sql(strategy, temp, this, existing, config.get('unique_key', none), predicates) }}
    {%- endcall -%}
    {%- if language == 'python' -%}
      {%- call statement('drop_relation') -%}
        drop table if exists {{ temp }}
      {%- endcall -%}
    {%- endif -%}
  {%- endif -%}

  {%- do apply_grants(this, config.get('grants'), should_revoke(existing, full_refresh_mode=False)) -%}
  {%- do persist_docs(this, model) -%}
  {%- do run_hooks(post_hooks) -%}
  {%- do return({'relations': [this]}) -%}
{% endmaterialization %}
