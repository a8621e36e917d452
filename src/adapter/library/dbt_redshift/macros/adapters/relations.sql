{# Listing tables, views and functions, and how they depend on each other. #}

{% macro redshift__list_relations_without_caching(schema_relation) %}
  {%- if redshift__use_show_apis() -%}
    {%- set tables = adapter.transform_show_tables_for_list_relations(redshift__show_tables_from_schema(schema_relation.database, schema_relation.schema).table) -%}
    {%- do return(adapter.combine_show_tables_and_function_relations(tables, list_function_relations_without_caching(schema_relation))) -%}
  {%- endif -%}
  {%- call statement('list_relations_without_caching', fetch_result=True) -%}
    select table_catalog as database, table_name as name, table_schema as schema, 'table' as type
    from information_schema.tables
    where table_schema ilike '{{ schema_relation.schema }}' and table_type = 'BASE TABLE'
    union all
    select
      table_catalog as database, table_name as name, table_schema as schema,
      case when view_definition ilike '%create materialized view%' then 'materialized_view' else 'view' end as type
    from information_schema.views
    where table_schema ilike '{{ schema_relation.schema }}'
    union all
    select distinct '{{ schema_relation.database }}' as database, proname as name, nspname as schema, 'function' as type
    from pg_proc
    join pg_namespace on pg_proc.pronamespace = pg_namespace.oid
    where nspname ilike '{{ schema_relation.schema }}'
  {%- endcall -%}
  {%- do return(load_result('list_relations_without_caching').table) -%}
{% endmacro %}

{# SHOW has no functions. They are never shared between databases, so the system table serves. #}
{% macro redshift__list_function_relations_without_caching(schema_relation) %}
  {%- call statement('list_function_relations_without_caching', fetch_result=True) -%}
    select distinct
      '{{ schema_relation.database }}' as database, proname::varchar as name, nspname::varchar as schema, 'function' as type
    from pg_proc
    join pg_namespace on pg_proc.pronamespace = pg_namespace.oid
    where nspname ilike '{{ schema_relation.schema }}'
  {%- endcall -%}
  {%- do return(load_result('list_function_relations_without_caching').table) -%}
{% endmacro %}

{% macro redshift__show_tables_from_schema(database, schema) %}
  {%- call statement('show_tables', fetch_result=True) -%}
    SHOW TABLES FROM SCHEMA {{ adapter.quote(database) }}.{{ adapter.quote(schema) }}
  {%- endcall -%}
  {%- do return(load_result('show_tables')) -%}
{% endmacro %}

{# A view depends through its rule (pg_rewrite), other objects directly. #}
{% macro redshift__get_relations() %}
  {%- call statement('relations', fetch_result=True) -%}
    with relation as (
      select pg_class.oid as id, pg_class.relname as name, pg_namespace.nspname as schema_name
      from pg_class
      join pg_namespace on pg_class.relnamespace = pg_namespace.oid
      where pg_namespace.nspname != 'information_schema' and pg_namespace.nspname not like 'pg\_%'
    ),
    dependency as (
      select distinct coalesce(pg_rewrite.ev_class, pg_depend.objid) as child, pg_depend.refobjid as parent
      from pg_depend
      left join pg_rewrite on pg_depend.objid = pg_rewrite.oid
      where coalesce(pg_rewrite.ev_class, pg_depend.objid) != pg_depend.refobjid
    )
    select distinct
      dependent.schema_name as dependent_schema,
      dependent.name as dependent_name,
      referenced.schema_name as referenced_schema,
      referenced.name as referenced_name
    from dependency
    join relation as referenced on dependency.parent = referenced.id
    join relation as dependent on dependency.child = dependent.id
  {%- endcall -%}
  {%- do return(load_result('relations').table) -%}
{% endmacro %}

{# Freshness: when rows last came in, as the query history tells. #}
{% macro redshift__get_relation_last_modified(information_schema, relations) %}
  {%- set wanted = [] -%}
  {%- for relation in relations -%}
    {%- do wanted.append("(upper(pg_namespace.nspname) = upper('" ~ relation.schema ~ "') and upper(pg_class.relname) = upper('" ~ relation.identifier ~ "'))") -%}
  {%- endfor -%}
  {%- call statement('last_modified', fetch_result=True) -%}
    select
      pg_namespace.nspname as "schema",
      pg_class.relname as identifier,
      max(sys_query_detail.start_time) as last_modified,
      {{ current_timestamp() }} as snapshotted_at
    from pg_class
    join pg_namespace on pg_namespace.oid = pg_class.relnamespace
    join sys_query_detail on sys_query_detail.table_id = pg_class.oid
    where sys_query_detail.step_name = 'insert' and ({{ wanted | join(' or ') }})
    group by 1, 2, 4
  {%- endcall -%}
  {%- do return(load_result('last_modified')) -%}
{% endmacro %}
