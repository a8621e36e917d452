{# CREATE TABLE AS and CREATE VIEW. Both replace in one statement, which either succeeds or leaves the old one. #}

{# A table partitioned by the time of ingestion cannot be made from a query: it is made empty, with the query's columns, and
   filled after. Python writes its table itself. #}
{% macro bigquery__create_table_as(temporary, relation, compiled_code, language='sql') %}
  {%- if language == 'python' -%}
    {# Spark keeps the columns of a table that stands. #}
    {%- set standing = adapter.get_relation(database=relation.database, schema=relation.schema, identifier=relation.identifier) -%}
    {%- if standing is not none and standing.is_table and should_full_refresh() -%}
      {%- do adapter.drop_relation(relation) -%}
    {%- endif -%}
    {%- set bare = relation.quote(database=False, schema=False, identifier=False) -%}
    {%- set method = config.get('submission_method', 'serverless') -%}
    {%- if method in ('serverless', 'cluster') -%}
      {%- do return(py_write_table(compiled_code=compiled_code, target_relation=bare)) -%}
    {%- elif method == 'bigframes' -%}
      {%- do return(bigframes_write_table(compiled_code=compiled_code, target_relation=bare)) -%}
    {%- endif -%}
    {%- do exceptions.raise_compiler_error('bigquery__create_table_as cannot submit python by the method ' ~ method) -%}
  {%- elif language != 'sql' -%}
    {%- do exceptions.raise_compiler_error('bigquery__create_table_as takes sql or python, not ' ~ language) -%}
  {%- endif -%}

  {%- set header = config.get('sql_header', none) -%}
  {%- set partitioning = adapter.parse_partition_by(config.get('partition_by', none)) -%}
  {%- set by_ingestion = partitioning is not none and partitioning.time_ingestion_partitioning -%}
  {%- set is_iceberg = adapter.build_catalog_relation(config.model).table_format == 'iceberg' -%}
  {%- set contract = config.get('contract').enforced -%}
  {%- set columns = '' -%}
  {%- if contract -%}
    {%- do get_assert_columns_equivalent(compiled_code) -%}
    {%- set columns = get_table_columns_and_constraints() -%}
  {%- elif by_ingestion -%}
    {%- set columns = '(' ~ columns_without_partition_fields_csv(partitioning, get_columns_with_types_in_query_sql(sql)) ~ ')' -%}
  {%- endif -%}
  {{ header if header is not none }}
  create or replace table {{ relation }}
  {{ columns }}
  {{ partition_by(partitioning) }}
  {{ cluster_by(config.get('cluster_by', none)) }}
  {{ 'with connection default' if is_iceberg and not temporary }}
  {{ bigquery_table_options(config, model, temporary) }}
  {%- if not by_ingestion %}
  as (
    {{ get_select_subquery(compiled_code) if contract else compiled_code }}
  );
  {%- endif %}
{% endmacro %}

{% macro bigquery__create_view_as(relation, sql) %}
  {%- set header = config.get('sql_header', none) -%}
  {%- if config.get('contract').enforced -%}
    {%- do get_assert_columns_equivalent(sql) -%}
  {%- endif -%}
  {{ header if header is not none }}
  create or replace view {{ relation }}
  {{ bigquery_view_options(config, model) }}
  as {{ sql }};
{% endmacro %}
