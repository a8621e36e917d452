{# The catalog that the documentation site shows. Tables sharded by date (events_20240101, …) count as one. #}

{# Without schemas there is nothing to ask; any query without rows will do. #}
{% macro bigquery__get_catalog(information_schema, schemas) %}
  {%- if schemas | length == 0 -%}
    {%- do return(run_query('select 1 as id limit 0')) -%}
  {%- endif -%}
  {%- set query -%}
    with table_shards as (
      {{ _bigquery__get_table_shards_sql(information_schema) }}
      where ({% for schema in schemas %}upper(tables.dataset_id) = upper('{{ schema }}'){{ ' or ' if not loop.last }}{% endfor %})
    ),
    tables as ({{ _bigquery__get_tables_sql() }}),
    table_stats as ({{ _bigquery__get_table_stats_sql() }}),
    columns as ({{ _bigquery__get_columns_sql(information_schema) }}),
    column_stats as ({{ _bigquery__get_column_stats_sql() }})
    {{ _bigquery__get_extended_catalog_sql() }}
  {%- endset -%}
  {%- do return(run_query(query)) -%}
{% endmacro %}

{% macro bigquery__get_catalog_relations(information_schema, relations) %}
  {%- if relations | length == 0 -%}
    {%- do return(run_query('select 1 as id limit 0')) -%}
  {%- endif -%}
  {%- set query -%}
    with table_shards_stage as ({{ _bigquery__get_table_shards_sql(information_schema) }}),
    table_shards as (
      select * from table_shards_stage
      where (
      {%- for relation in relations -%}
        (upper(table_schema) = upper('{{ relation.schema }}') and upper(table_name) = upper('{{ relation.identifier }}')){{ ' or ' if not loop.last }}
      {%- endfor -%}
      )
    ),
    tables as ({{ _bigquery__get_tables_sql() }}),
    table_stats as ({{ _bigquery__get_table_stats_sql() }}),
    columns as ({{ _bigquery__get_columns_sql(information_schema) }}),
    column_stats as ({{ _bigquery__get_column_stats_sql() }})
    {{ _bigquery__get_extended_catalog_sql() }}
  {%- endset -%}
  {%- do return(run_query(query)) -%}
{% endmacro %}
