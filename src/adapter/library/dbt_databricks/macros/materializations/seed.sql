{# Seeds. The first batch of rows overwrites the old ones. #}

{% materialization seed, adapter='databricks' %}
  {%- set target = this.incorporate(type='table') -%}
  {%- set rebuild = should_full_refresh() -%}
  {%- set existing = adapter.get_relation(database=database, schema=schema, identifier=model['alias'], needs_information=True) -%}
  {%- set rows = load_agate_table() -%}
  {%- do store_result('agate_table', response='OK', agate_table=rows) -%}
  {%- do run_pre_hooks() -%}

  {%- if existing is not none and (existing.is_view or existing.is_materialized_view) -%}
    {%- do exceptions.raise_compiler_error("Cannot load a seed into '" ~ existing ~ "', which is a view") -%}
  {%- elif existing is not none and existing.is_streaming_table -%}
    {%- do exceptions.raise_compiler_error("Cannot seed to '" ~ existing ~ "', it is a streaming table") -%}
  {%- elif existing is not none and existing.is_table -%}
    {%- set ddl = reset_csv_table(model, rebuild, existing, rows) -%}
  {%- else -%}
    {%- set ddl = create_csv_table(model, rows) -%}
  {%- endif -%}
  {%- set dml = load_csv_rows(model, rows) -%}
  {%- do log_seed_operation(rows, rebuild, ddl, dml) -%}

  {%- do apply_grants(target, config.get('grants'), should_revoke=should_revoke(existing, rebuild)) -%}
  {%- do run_post_hooks() -%}
  {%- do return({'relations': [target]}) -%}
{% endmaterialization %}

{% macro log_seed_operation(agate_table, full_refresh_mode, create_table_sql, sql) %}
  {%- set code = 'CREATE' if full_refresh_mode else 'INSERT' -%}
  {%- set count = agate_table.rows | length -%}
  {%- call noop_statement('main', code ~ ' ' ~ count, code, count) -%}
    {{ get_csv_sql(create_table_sql, sql) }};
  {%- endcall -%}
{% endmacro %}

{% macro databricks__get_binding_char() %}{{ return('%s') }}{% endmacro %}

{% macro databricks__create_csv_table(model, agate_table) %}{{ return(create_or_replace_csv_table(model, agate_table)) }}{% endmacro %}

{% macro databricks__reset_csv_table(model, full_refresh, old_relation, agate_table) %}
  {%- if old_relation and old_relation.can_be_replaced and adapter.resolve_file_format(config) in ('delta', 'iceberg') -%}
    {%- do return(create_or_replace_csv_table(model, agate_table, True)) -%}
  {%- elif old_relation -%}
    {%- do adapter.drop_relation(old_relation) -%}
  {%- endif -%}
  {%- do return(create_csv_table(model, agate_table)) -%}
{% endmacro %}

{# Descriptions of columns are part of the CREATE TABLE. #}
{% macro create_or_replace_csv_table(model, agate_table, replace=False) %}
  {%- set catalog = adapter.build_catalog_relation(config.model) -%}
  {%- set chosen = model['config'].get('column_types', {}) -%}
  {%- set quoting = model['config'].get('quote_columns', none) -%}
  {%- set columns = [] -%}
  {%- for name in agate_table.column_names -%}
    {%- set type = chosen.get(name, adapter.convert_type(agate_table, loop.index0)) -%}
    {%- set text = model.columns[name]['description'] if config.persist_column_docs() and model.columns and name in model.columns else '' -%}
    {%- set comment = " comment '" ~ text | replace("'", "\\'") ~ "'" if text else '' -%}
    {%- do columns.append(adapter.quote_seed_column(name | string, quoting) ~ ' ' ~ type ~ comment) -%}
  {%- endfor -%}
  {%- set ddl -%}
    create {{ 'or replace' if replace }} table {{ this.render() }} ({{ columns | join(', ') }})
    {{ file_format_clause(catalog) }}
    {{ partition_cols(label='partitioned by') }}
    {{ clustered_cols(label='clustered by') }}
    {{ location_clause(catalog) }}
    {{ comment_clause() }}
    {{ tblproperties_clause() }}
  {%- endset -%}
  {%- call statement('_') -%}
    {{ ddl }}
  {%- endcall -%}
  {%- do return(ddl) -%}
{% endmacro %}

{# Parquet alone needs the values cast. #}
{% macro databricks__load_csv_rows(model, agate_table) %}
  {%- set chosen = model['config'].get('column_types', {}) -%}
  {%- set casts = model['config'].get('file_format', 'delta') == 'parquet' -%}
  {%- set slots = [] -%}
  {%- for name in agate_table.column_names -%}
    {%- set slot = get_binding_char() | trim -%}
    {%- do slots.append('cast(' ~ slot ~ ' as ' ~ chosen.get(name, adapter.convert_type(agate_table, loop.index0)) ~ ')' if casts else slot) -%}
  {%- endfor -%}
  {%- set row_slots = '(' ~ slots | join(',') ~ ')' -%}
  {%- set sent = [] -%}
  {%- for rows in agate_table.rows | batch(get_batch_size()) -%}
    {%- set values = [] -%}
    {%- set tuples = [] -%}
    {%- for row in rows -%}
      {%- do values.extend(row) -%}
      {%- do tuples.append(row_slots) -%}
    {%- endfor -%}
    {%- set dml = 'insert ' ~ ('overwrite ' if loop.first else 'into ') ~ this.render() ~ ' values ' ~ tuples | join(',') -%}
    {%- do adapter.add_query(dml, bindings=values, abridge_sql_log=True, close_cursor=True) -%}
    {%- if loop.first -%}{%- do sent.append(dml) -%}{%- endif -%}
  {%- endfor -%}
  {%- do return(sent[0]) -%}
{% endmacro %}
