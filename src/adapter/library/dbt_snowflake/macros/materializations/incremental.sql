{# Incremental tables. New rows stand in a temporary view or table first, which is dropped at the end. #}

{% materialization incremental, adapter='snowflake', supported_languages=['sql', 'python'] %}
  {%- set tag = set_query_tag() -%}
  {%- set language = model['language'] -%}
  {%- set catalog = adapter.build_catalog_relation(config.model) -%}
  {%- set is_linked = snowflake__is_catalog_linked_database(relation=none, catalog_relation=catalog) -%}
  {%- set target = api.Relation.create(database=database, schema=schema, identifier=this.name, type='table', table_format=catalog.table_format) -%}
  {%- set existing = load_relation(this) -%}
  {%- set rebuild = should_full_refresh() -%}
  {%- set unique_key = config.get('unique_key') -%}
  {%- set strategy_name = config.get('incremental_strategy') or 'default' -%}
  {%- set on_schema_change = incremental_validate_on_schema_change(config.get('on_schema_change'), default='ignore') -%}

  {%- set temp_kind = dbt_snowflake_get_tmp_relation_type(strategy_name, unique_key, language) -%}
  {%- if is_linked -%}
    {%- set temp = make_temp_relation(this).incorporate(type=temp_kind, catalog=catalog.catalog_name, is_table=true) -%}
  {%- else -%}
    {%- set temp = make_temp_relation(this).incorporate(type='table' if temp_kind == 'transient' else temp_kind) -%}
  {%- endif -%}
  {%- set temp = resolve_incremental_tmp_relation(temp) -%}

  {%- do run_hooks(pre_hooks) -%}

  {%- if existing is none or existing.is_view or rebuild -%}
    {# As of tables: what cannot be replaced stays until the new one stands beside it. #}
    {%- set in_the_way = existing is not none and (existing.is_view or target.needs_to_drop(existing)) -%}
    {%- set beside = in_the_way and language == 'sql' and not target.is_iceberg_format -%}
    {%- if in_the_way and not beside -%}
      {%- do adapter.drop_relation(existing) -%}
    {%- endif -%}
    {%- set place = make_intermediate_relation(target) if beside else target -%}
    {%- call statement('main', language=language) -%}
      {{ create_table_as(False, place, compiled_code, language) }}
    {%- endcall -%}
    {%- if beside -%}
      {%- do adapter.drop_relation(existing) -%}
      {%- do adapter.rename_relation(place, target) -%}
    {%- endif -%}
  {%- elif target.table_format != existing.table_format -%}
    {%- do exceptions.raise_compiler_error(
      'Unable to update the incremental model `' ~ target.identifier ~ '` from `' ~ existing.table_format ~ '` to `' ~ target.table_format
      ~ '`: Snowflake cannot convert a table. Run with --full-refresh to drop it and make it anew in the new catalog.'
    ) -%}
  {%- else -%}
    {%- call statement('create_tmp_relation', language=language) -%}
      {%- if is_linked -%}
        {{ create_table_as(False, temp, compiled_code, language) }}
      {%- elif temp_kind == 'view' -%}
        {{ snowflake__create_view_as_with_temp_flag(temp, compiled_code, True) }}
      {%- elif temp_kind == 'transient' -%}
        {{ snowflake__create_table_transient_sql(temp, compiled_code) }}
      {%- else -%}
        {{ create_table_as(True, temp, compiled_code, language) }}
      {%- endif -%}
    {%- endcall -%}
    {%- do adapter.expand_target_column_types(from_relation=temp, to_relation=target) -%}
    {%- set columns = process_schema_changes(on_schema_change, temp, existing) or adapter.get_columns_in_relation(existing) -%}
    {%- set strategy = adapter.get_incremental_strategy_macro(context, strategy_name) -%}
    {%- set arguments = {
      'target_relation': target,
      'temp_relation': temp,
      'unique_key': unique_key,
      'dest_columns': columns,
      'incremental_predicates': config.get('predicates', none) or config.get('incremental_predicates', none),
      'catalog_relation': catalog
    } -%}
    {%- call statement('main') -%}
      {{ strategy(arguments) }}
    {%- endcall -%}
  {%- endif -%}
  {%- do drop_relation_if_exists(temp) -%}

  {%- do run_hooks(post_hooks) -%}
  {%- set target = target.incorporate(type='table') -%}
  {%- do apply_grants(target, config.get('grants'), should_revoke=should_revoke(existing is not none and existing.is_table, rebuild)) -%}
  {%- do persist_docs(target, model) -%}
  {%- do unset_query_tag(tag) -%}
  {%- do return({'relations': [target]}) -%}
{% endmaterialization %}

{# Where new rows stand. A view is faster, and safe where one statement reads it; two statements must read the same rows, which
   a table alone promises. Python writes tables, and linked databases hold nothing else. #}
{% macro dbt_snowflake_get_tmp_relation_type(strategy, unique_key, language) %}
  {%- set wanted = config.get('tmp_relation_type') -%}
  {%- set deletes = strategy in ('delete+insert', 'microbatch') and unique_key is not none -%}
  {%- if language == 'python' and wanted is not none and wanted != 'table' -%}
    {%- do exceptions.raise_compiler_error("A python model takes only 'table' as tmp_relation_type, not " ~ wanted) -%}
  {%- elif language != 'sql' or snowflake__is_catalog_linked_database(relation=config.model) -%}
    {%- do return('table') -%}
  {%- elif deletes and wanted is not none and wanted not in ('table', 'transient') -%}
    {%- do exceptions.raise_compiler_error(
      'With a `unique_key`, the `' ~ strategy ~ '` strategy reads the new rows twice, so it only supports `table` or `transient` for `tmp_relation_type` but ' ~ wanted ~ ' was specified.'
    ) -%}
  {%- elif wanted in ('table', 'view', 'transient') -%}
    {%- do return(wanted) -%}
  {%- endif -%}
  {%- set reads_once = strategy in ('default', 'merge', 'append', 'insert_overwrite') or (strategy in ('delete+insert', 'microbatch') and not deletes) -%}
  {%- do return('view' if reads_once else 'table') -%}
{% endmacro %}

{# A place for projects to put temporary relations elsewhere, say in a scratch schema. #}
{% macro resolve_incremental_tmp_relation(tmp_relation) %}{{ return(adapter.dispatch('resolve_incremental_tmp_relation', 'dbt')(tmp_relation)) }}{% endmacro %}
{% macro snowflake__resolve_incremental_tmp_relation(tmp_relation) %}{{ return(tmp_relation) }}{% endmacro %}
