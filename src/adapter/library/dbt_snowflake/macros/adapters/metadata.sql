{# Listing schemas, tables and functions. SHOW gives 10,000 rows at most, so long lists come page by page. #}

{% macro snowflake__list_schemas(database) %}
  {%- set most = 10000 -%}
  {%- set schemas = run_query('show terse schemas in database ' ~ database ~ ' limit ' ~ most) -%}
  {%- if schemas | length >= most -%}
    {%- do exceptions.raise_compiler_error('Too many schemas in database ' ~ database ~ ': at most ' ~ (most - 1) ~ ' can be read') -%}
  {%- endif -%}
  {%- do return(schemas) -%}
{% endmacro %}

{% macro snowflake__check_schema_exists(information_schema, schema) %}
  {%- call statement('check_schema_exists', fetch_result=True) -%}
    select count(*)
    from {{ information_schema }}.schemata
    where upper(schema_name) = upper('{{ schema }}') and upper(catalog_name) = upper('{{ information_schema.database }}')
  {%- endcall -%}
  {%- do return(load_result('check_schema_exists').table) -%}
{% endmacro %}

{# A page that is not full is the last one; the next begins after the last name of the one before. Project flags set both limits. #}
{% macro snowflake__list_relations_without_caching(schema_relation, max_iter=10000, max_results_per_iter=10000) %}
  {%- set schema = schema_relation if schema_relation is string else schema_relation.include(identifier=False) -%}
  {%- set page_size = adapter.config.flags.get('list_relations_per_page', max_results_per_iter) -%}
  {%- set page_limit = adapter.config.flags.get('list_relations_page_limit', max_iter) -%}
  {%- set ns = namespace(after=none, done=false) -%}
  {%- set pages = [] -%}
  {%- for _ in range(page_limit) -%}
    {%- set page = run_query(snowflake__show_objects_sql(schema, page_size, ns.after)) -%}
    {%- do pages.append(page) -%}
    {%- if page | length < page_size -%}
      {%- set ns.done = true -%}
      {%- break -%}
    {%- endif -%}
    {%- set ns.after = page.columns.get('name').values()[-1] -%}
  {%- endfor -%}
  {%- if not ns.done -%}
    {%- do exceptions.warn(
      'The schema ' ~ schema ~ ' holds more than ' ~ page_size * page_limit ~ ' objects, and the rest is not listed.'
      ~ ' Raise list_relations_page_limit or list_relations_per_page in the project flags to list them all.'
    ) -%}
  {%- endif -%}
  {%- do return(pages[0].merge(pages)) -%}
{% endmacro %}

{% macro snowflake__show_objects_sql(schema, max_results_per_iter=10000, watermark=none) %}
  {%- set start = "from '" ~ watermark ~ "'" if watermark is not none else '' -%}
  {%- do return('show objects in ' ~ schema ~ ' limit ' ~ max_results_per_iter ~ ' ' ~ start ~ ';') -%}
{% endmacro %}

{% macro snowflake__list_function_relations_without_caching(schema_relation) %}
  {%- set schema = schema_relation if schema_relation is string else schema_relation.include(identifier=False) -%}
  {%- do return(run_query('show user functions in ' ~ schema)) -%}
{% endmacro %}

{% macro snowflake__show_object_metadata(relation) %}
  {%- do return(run_query('show objects in ' ~ relation.include(identifier=False) ~ " starts with '" ~ relation.identifier ~ "' limit 1")) -%}
{% endmacro %}

{# Source freshness from the information schema. #}
{% macro snowflake__get_relation_last_modified(information_schema, relations) %}
  {%- call statement('last_modified', fetch_result=True) -%}
    select table_schema as schema, table_name as identifier, last_altered as last_modified, {{ current_timestamp() }} as snapshotted_at
    from {{ information_schema }}.tables
    where (
    {%- for relation in relations -%}
      (upper(table_schema) = upper('{{ relation.schema }}') and upper(table_name) = upper('{{ relation.identifier }}')){{ ' or ' if not loop.last }}
    {%- endfor -%}
    )
  {%- endcall -%}
  {%- do return(load_result('last_modified')) -%}
{% endmacro %}

{# A database that mirrors an Iceberg catalog: no temporary or transient tables, no transactions, no cascade. #}
{% macro snowflake__is_catalog_linked_database(relation=none, catalog_relation=none) %}
  {%- set catalog = none -%}
  {%- if catalog_relation is not none -%}
    {%- set catalog = catalog_relation -%}
  {%- elif relation and relation.config -%}
    {%- set catalog = adapter.build_catalog_relation(relation) -%}
  {%- elif relation and relation.catalog -%}
    {%- set catalog = adapter.get_catalog_integration(relation.catalog) -%}
  {%- endif -%}
  {%- do return(true if catalog is not none and catalog | attr('catalog_linked_database') else false) -%}
{% endmacro %}
