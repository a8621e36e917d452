{# The catalog that the documentation site shows. #}

{% macro snowflake__get_catalog(information_schema, schemas) %}
  {%- set condition = snowflake__get_catalog_schemas_where_clause_sql(schemas) -%}
  {%- set query -%}
    with tables as (
      {{ snowflake__get_catalog_tables_sql(information_schema) }} {{ condition }}
    ),
    columns as (
      {{ snowflake__get_catalog_columns_sql(information_schema) }} {{ condition }}
    )
    {{ snowflake__get_catalog_results_sql() }}
  {%- endset -%}
  {%- do return(run_query(query)) -%}
{% endmacro %}

{% macro snowflake__get_catalog_relations(information_schema, relations) %}
  {%- set condition = snowflake__get_catalog_relations_where_clause_sql(relations) -%}
  {%- set query -%}
    with tables as (
      {{ snowflake__get_catalog_tables_sql(information_schema) }} {{ condition }}
    ),
    columns as (
      {{ snowflake__get_catalog_columns_sql(information_schema) }} {{ condition }}
    )
    {{ snowflake__get_catalog_results_sql() }}
  {%- endset -%}
  {%- do return(run_query(query)) -%}
{% endmacro %}

{# The owner is a role. Statistics: label, value, explanation, and whether to show it. #}
{% macro snowflake__get_catalog_tables_sql(information_schema) %}
  {%- set stats = [
    ('clustering_key', 'Clustering Key', 'clustering_key', 'The key that the table is clustered by', 'clustering_key is not null'),
    ('row_count', 'Row Count', 'row_count', 'About how many rows the table has', 'row_count is not null'),
    ('bytes', 'Approximate Size', 'bytes', 'The size of the table, as Snowflake reports it', 'bytes is not null'),
    ('last_modified', 'Last Modified', "to_varchar(convert_timezone('UTC', last_altered), 'yyyy-mm-dd HH24:MI'||'UTC')", 'When the table was last changed', "last_altered is not null and table_type in ('BASE TABLE', 'INTERACTIVE TABLE')")
  ] -%}
  select
    table_catalog as "table_database",
    table_schema as "table_schema",
    table_name as "table_name",
    case when is_dynamic = 'YES' and table_type = 'BASE TABLE' then 'DYNAMIC TABLE' else table_type end as "table_type",
    comment as "table_comment",
    table_owner as "table_owner"
  {%- for id, label, value, explanation, include in stats -%},
    '{{ label }}' as "stats:{{ id }}:label",
    {{ value }} as "stats:{{ id }}:value",
    '{{ explanation }}' as "stats:{{ id }}:description",
    ({{ include }}) as "stats:{{ id }}:include"
  {%- endfor %}
  from {{ information_schema }}.tables
{%- endmacro %}

{% macro snowflake__get_catalog_columns_sql(information_schema) -%}
  select
    table_catalog as "table_database",
    table_schema as "table_schema",
    table_name as "table_name",
    column_name as "column_name",
    ordinal_position as "column_index",
    data_type as "column_type",
    comment as "column_comment"
  from {{ information_schema }}.columns
{%- endmacro %}

{% macro snowflake__get_catalog_results_sql() -%}
  select *
  from tables
  join columns using ("table_database", "table_schema", "table_name")
  order by "column_index"
{%- endmacro %}

{# The first test is one that the information schema can look up; the second is exact, for `ilike` takes `_` as any letter. #}
{% macro snowflake__catalog_equals(field, value) -%}
  "{{ field }}" ilike '{{ value }}' and upper("{{ field }}") = upper('{{ value }}')
{%- endmacro %}

{% macro snowflake__get_catalog_schemas_where_clause_sql(schemas) -%}
  where ({% for schema in schemas %}({{ snowflake__catalog_equals('table_schema', schema) }}){{ ' or ' if not loop.last }}{% endfor %})
{%- endmacro %}

{% macro snowflake__get_catalog_relations_where_clause_sql(relations) %}
  {%- set conditions = [] -%}
  {%- for relation in relations -%}
    {%- if not relation.schema -%}
      {%- do exceptions.raise_compiler_error('get_catalog_relations: every relation must name its schema') -%}
    {%- endif -%}
    {%- set of_table = ' and ' ~ snowflake__catalog_equals('table_name', relation.identifier) if relation.identifier else '' -%}
    {%- do conditions.append('(' ~ snowflake__catalog_equals('table_schema', relation.schema) ~ of_table ~ ')') -%}
  {%- endfor -%}
  where ({{ conditions | join(' or ') }})
{%- endmacro %}
