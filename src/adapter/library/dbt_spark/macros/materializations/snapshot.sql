{# Snapshots, in the formats that can MERGE. #}

{% materialization snapshot, adapter='spark' %}
  {%- set formats = "'delta' or 'iceberg' or 'hudi'" -%}
  {%- set format = config.get('file_format') or 'parquet' -%}
  {%- set table_name = model.get('alias', model.get('name')) -%}
  {%- set exists, target = get_or_create_relation(database=none, schema=model.schema, identifier=table_name, type='table') -%}
  {%- if format not in ('delta', 'iceberg', 'hudi') -%}
    {%- do exceptions.raise_compiler_error('Invalid file format: ' ~ format ~ '\nSnapshot functionality requires file_format be set to ' ~ formats) -%}
  {%- elif exists and not (target.is_delta or target.is_iceberg or target.is_hudi) -%}
    {%- do exceptions.raise_compiler_error('The existing table ' ~ model.schema ~ '.' ~ table_name ~ ' is in another format than ' ~ formats) -%}
  {%- elif not target.is_table -%}
    {%- do exceptions.relation_wrong_type(target, 'table') -%}
  {%- endif -%}
  {%- if not adapter.check_schema_exists(model.database, model.schema) -%}
    {%- do create_schema(model.schema) -%}
  {%- endif -%}

  {%- do run_hooks(pre_hooks, inside_transaction=False) -%}
  {%- do run_hooks(pre_hooks, inside_transaction=True) -%}

  {%- set strategy_macro = strategy_dispatch(config.get('strategy')) -%}
  {%- set strategy = strategy_macro(model, 'snapshotted_data', 'source_data', model['config'], exists) -%}
  {%- set staging = none -%}
  {%- if not exists -%}
    {%- set final_sql = create_table_as(False, target, build_snapshot_table(strategy, model['compiled_code'])) -%}
  {%- else -%}
    {%- do adapter.valid_snapshot_target(target, config.get('snapshot_table_column_names') or get_snapshot_table_column_names()) -%}
    {%- set staging = spark_build_snapshot_staging_table(strategy, sql, target) -%}
    {%- do adapter.expand_target_column_types(from_relation=staging, to_relation=target) -%}
    {%- set helpers = ['dbt_change_type', 'DBT_CHANGE_TYPE', 'dbt_unique_key', 'DBT_UNIQUE_KEY'] -%}
    {%- do create_columns(target, adapter.get_missing_columns(staging, target) | rejectattr('name', 'in', helpers) | list) -%}
    {%- set insert_cols = [] -%}
    {%- for column in adapter.get_columns_in_relation(staging) | rejectattr('name', 'in', helpers) -%}
      {%- do insert_cols.append(adapter.quote(column.name)) -%}
    {%- endfor -%}
    {%- set final_sql = snapshot_merge_sql(target=target, source=staging, insert_cols=insert_cols) -%}
  {%- endif -%}

  {%- call statement('main') -%}
    {{ final_sql }}
  {%- endcall -%}

  {%- do apply_grants(target, config.get('grants'), should_revoke(exists, full_refresh_mode=False)) -%}
  {%- do persist_docs(target, model) -%}
  {%- do run_hooks(post_hooks, inside_transaction=True) -%}
  {%- do adapter.commit() -%}
  {%- if staging is not none -%}{%- do post_snapshot(staging) -%}{%- endif -%}
  {%- do run_hooks(post_hooks, inside_transaction=False) -%}
  {%- do return({'relations': [target]}) -%}
{% endmaterialization %}

{# A view, and not a temporary one, whose columns could not be asked for. An Iceberg catalog has no views: there it is without a schema. #}
{% macro spark_build_snapshot_staging_table(strategy, sql, target_relation) %}
  {%- set staging = api.Relation.create(
    identifier=target_relation.identifier ~ '__dbt_tmp',
    schema=none if target_relation.is_iceberg else target_relation.schema,
    database=none,
    type='view'
  ) -%}
  {%- set query = snapshot_staging_table(strategy, sql, target_relation) -%}
  {%- call statement('build_snapshot_staging_relation') -%}
    {{ create_view_as(staging, query) }}
  {%- endcall -%}
  {%- do return(staging) -%}
{% endmacro %}

{% macro spark__post_snapshot(staging_relation) %}{% do adapter.drop_relation(staging_relation) %}{% endmacro %}

{% macro spark__snapshot_merge_sql(target, source, insert_cols) %}
  {%- set names = config.get('snapshot_table_column_names') or get_snapshot_table_column_names() -%}
  {%- set valid_to = 'DBT_INTERNAL_DEST.' ~ names.dbt_valid_to -%}
  {%- set open_end = config.get('dbt_valid_to_current') -%}
  merge into {{ target }} as DBT_INTERNAL_DEST
  using {{ source.identifier if target.is_iceberg else source }} as DBT_INTERNAL_SOURCE
  on DBT_INTERNAL_SOURCE.{{ names.dbt_scd_id }} = DBT_INTERNAL_DEST.{{ names.dbt_scd_id }}
  when matched
    and {{ '( ' ~ valid_to ~ ' = ' ~ open_end ~ ' or ' ~ valid_to ~ ' is null )' if open_end else valid_to ~ ' is null' }}
    and DBT_INTERNAL_SOURCE.dbt_change_type in ('update', 'delete')
    then update set {{ names.dbt_valid_to }} = DBT_INTERNAL_SOURCE.{{ names.dbt_valid_to }}
  when not matched
    and DBT_INTERNAL_SOURCE.dbt_change_type = 'insert'
    then insert *;
{% endmacro %}

{% macro spark__create_columns(relation, columns) %}
  {%- if columns -%}
    {%- call statement() -%}
      alter table {{ relation }} add columns (
        {% for column in columns %}`{{ column.name }}` {{ column.data_type }}{{ ', ' if not loop.last }}{% endfor %}
      );
    {%- endcall -%}
  {%- endif -%}
{% endmacro %}

{% macro spark__snapshot_hash_arguments(args) -%}
  md5(
  {%- for arg in args -%}
    coalesce(cast({{ arg }} as string ), '') {{ "|| '|' || " if not loop.last }}
  {%- endfor -%}
  )
{%- endmacro %}

{% macro spark__snapshot_string_as_time(timestamp) %}{{ return("to_timestamp('" ~ timestamp ~ "')") }}{% endmacro %}
