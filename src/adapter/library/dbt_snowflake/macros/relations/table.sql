{# CREATE TABLE AS. Tables are replaced in one statement, which either succeeds or leaves the old one. #}

{% macro snowflake__create_table_as(temporary, relation, compiled_code, language='sql') %}
  {%- set catalog = adapter.build_catalog_relation(config.model) -%}
  {%- if language == 'python' -%}
    {%- if catalog.catalog_type == 'BUILT_IN' -%}
      {%- do exceptions.raise_compiler_error('An iceberg table cannot be built by a python model') -%}
    {%- endif -%}
    {%- do return(py_write_table(compiled_code, relation, temporary)) -%}
  {%- elif language != 'sql' -%}
    {%- do exceptions.raise_compiler_error('snowflake__create_table_as takes sql or python, not ' ~ language) -%}
  {%- elif temporary -%}
    {%- do return(snowflake__create_table_temporary_sql(relation, compiled_code)) -%}
  {%- elif catalog.catalog_type == 'INFO_SCHEMA' -%}
    {%- do return(snowflake__create_table_info_schema_sql(relation, compiled_code)) -%}
  {%- elif catalog.catalog_type == 'BUILT_IN' -%}
    {%- do return(snowflake__create_table_built_in_sql(relation, compiled_code)) -%}
  {%- elif catalog.catalog_type != 'ICEBERG_REST' -%}
    {%- do exceptions.raise_compiler_error('No config found for ' ~ relation) -%}
  {%- elif catalog.catalog_linked_database_type is defined and catalog.catalog_linked_database_type == 'glue' -%}
    {%- do return(snowflake__create_table_iceberg_rest_with_glue(relation, compiled_code, catalog)) -%}
  {%- endif -%}
  {%- do return(snowflake__create_table_iceberg_rest_sql(relation, compiled_code)) -%}
{% endmacro %}

{# Transient tables show in Snowflake's lineage, as temporary ones do not. #}
{% macro snowflake__create_table_transient_sql(relation, compiled_code) %}
  {%- set header = config.get('sql_header', none) -%}
  {%- set contract = config.get('contract').enforced -%}
  {%- if contract -%}
    {%- do get_assert_columns_equivalent(compiled_code) -%}
    {%- set compiled_code = get_select_subquery(compiled_code) -%}
  {%- endif -%}
  {{ header if header is not none }}
  create or replace transient table {{ relation }}
  {{ get_table_columns_and_constraints() if contract }}
  as (
    {{ compiled_code }}
  );
{% endmacro %}

{% macro snowflake__create_table_temporary_sql(relation, compiled_code) %}
  {%- set header = config.get('sql_header', none) -%}
  {%- set contract = config.get('contract').enforced -%}
  {%- if contract -%}
    {%- do get_assert_columns_equivalent(compiled_code) -%}
    {%- set compiled_code = get_select_subquery(compiled_code) -%}
  {%- endif -%}
  {{ header if header is not none }}
  create or replace temporary table {{ relation }}
  {{ get_table_columns_and_constraints() if contract }}
  as (
    {{ compiled_code }}
  );
{% endmacro %}

{# A standard table. Rows come in the order of the clustering key, so that the first clustering finds little to do. #}
{% macro snowflake__create_table_info_schema_sql(relation, compiled_code) %}
  {%- set catalog = adapter.build_catalog_relation(config.model) -%}
  {%- set header = config.get('sql_header', none) -%}
  {%- set policy = config.get('row_access_policy', default=none) -%}
  {%- set tag = config.get('table_tag', default=none) -%}
  {%- set contract = config.get('contract').enforced -%}
  {%- if contract -%}
    {%- do get_assert_columns_equivalent(compiled_code) -%}
    {%- set compiled_code = get_select_subquery(compiled_code) -%}
  {%- endif -%}
  {{ header if header is not none }}
  create or replace {{ 'transient' if catalog.is_transient }} table {{ relation }}
  {{ get_table_columns_and_constraints() if contract }}
  {{ 'copy grants' if config.get('copy_grants', default=false) }}
  {{ 'copy tags' if config.get('copy_tags', default=false) }}
  {{ 'with row access policy ' ~ policy if policy }}
  {{ 'with tag (' ~ tag ~ ')' if tag }}
  {{ optional('change_tracking', catalog.change_tracking) }}
  as (
    {%- if catalog.cluster_by is none %}
    {{ compiled_code }}
    {%- else %}
    select * from (
      {{ compiled_code }}
    )
    order by ( {{ catalog.cluster_by }} )
    {%- endif %}
  );
  {% if catalog.cluster_by is not none -%}
    alter table {{ relation }} cluster by ({{ catalog.cluster_by }});
    {{ 'alter table ' ~ relation ~ ' resume recluster;' if catalog.automatic_clustering }}
  {%- endif -%}
{% endmacro %}

{# What a Python model's code ends with. Pandas cannot overwrite a table, so its frames become Snowpark's. #}
{% macro py_write_table(compiled_code, target_relation, temporary=False) %}
{%- set catalog = adapter.build_catalog_relation(config.model) %}
{{ compiled_code }}


def materialize(session, df, target_relation):
    import importlib.util
    if importlib.util.find_spec('pandas'):
        import pandas
        if isinstance(df, pandas.core.frame.DataFrame):
            session.use_database(target_relation.database)
            session.use_schema(target_relation.schema)
            df = session.createDataFrame(df)
    df.write.mode("overwrite").save_as_table('{{ resolve_model_name(target_relation) }}', table_type='{{ 'temporary' if temporary else ('transient' if catalog.is_transient) }}')


def main(session):
    dbt = dbtObj(session.table)
    df = model(dbt, session)
    materialize(session, df, dbt.this)
    return "OK"
{% endmacro %}
