{# The catalog that the documentation site shows. #}

{% macro databricks__get_catalog(information_schema, schemas) %}
  {%- set condition = databricks__get_catalog_schemas_where_clause_sql(information_schema.database, schemas) -%}
  {%- set query -%}
    WITH tables AS (
      {{ databricks__get_catalog_tables_sql(information_schema) }} {{ condition }}
    ),
    columns AS (
      {{ databricks__get_catalog_columns_sql(information_schema) }} {{ condition }}
    )
    {{ databricks__get_catalog_results_sql() }}
  {%- endset -%}
  {%- do return(run_query_as(query, 'get_catalog')) -%}
{% endmacro %}

{% macro databricks__get_catalog_relations(information_schema, relations) %}
  {%- set condition = databricks__get_catalog_relations_where_clause_sql(information_schema.database, relations) -%}
  {%- set query -%}
    WITH tables AS (
      {{ databricks__get_catalog_tables_sql(information_schema) }} {{ condition }}
    ),
    columns AS (
      {{ databricks__get_catalog_columns_sql(information_schema) }} {{ condition }}
    )
    {{ databricks__get_catalog_results_sql() }}
  {%- endset -%}
  {%- do return(run_query_as(query, 'get_catalog_relations')) -%}
{% endmacro %}

{% macro databricks__get_catalog_tables_sql(information_schema) -%}
  SELECT
    table_catalog AS table_database,
    table_schema,
    table_name,
    lower(table_type) AS table_type,
    comment AS table_comment,
    table_owner,
    'Last Modified' AS `stats:last_modified:label`,
    last_altered AS `stats:last_modified:value`,
    'When the table was last changed' AS `stats:last_modified:description`,
    (last_altered IS NOT NULL AND table_type NOT ILIKE '%VIEW%') AS `stats:last_modified:include`
  FROM `system`.`information_schema`.`tables`
{%- endmacro %}

{% macro databricks__get_catalog_columns_sql(information_schema) -%}
  SELECT
    table_catalog AS table_database,
    table_schema,
    table_name,
    column_name,
    ordinal_position AS column_index,
    lower(full_data_type) AS column_type,
    comment AS column_comment
  FROM `system`.`information_schema`.`columns`
{%- endmacro %}

{% macro databricks__get_catalog_results_sql() -%}
  SELECT *
  FROM tables
  JOIN columns USING (table_database, table_schema, table_name)
  ORDER BY column_index
{%- endmacro %}

{# Schemas come by name, or as pairs of catalog and schema. #}
{% macro databricks__get_catalog_schemas_where_clause_sql(catalog, schemas) %}
  {%- set conditions = [] -%}
  {%- for pair in schemas -%}{%- do conditions.append("table_schema = '" ~ (pair if pair is string else pair[1]) | lower ~ "'") -%}{%- endfor -%}
  WHERE table_catalog = '{{ catalog | lower }}' AND ({{ conditions | join(' OR ') }})
{%- endmacro %}

{% macro databricks__get_catalog_relations_where_clause_sql(catalog, relations) %}
  {%- set conditions = [] -%}
  {%- for relation in relations -%}
    {%- if not relation.schema -%}
      {%- do exceptions.raise_compiler_error('get_catalog_relations: every relation must name its schema') -%}
    {%- endif -%}
    {%- set of_table = " AND table_name = '" ~ relation.identifier | lower ~ "'" if relation.identifier else '' -%}
    {%- do conditions.append("(table_schema = '" ~ relation.schema | lower ~ "'" ~ of_table ~ ')') -%}
  {%- endfor -%}
  WHERE table_catalog = '{{ catalog | lower }}' AND ({{ conditions | join(' OR ') }})
{%- endmacro %}
