{# The catalog that the documentation site shows. #}

{% macro postgres__get_catalog(information_schema, schemas) %}
  {%- set relations = [] -%}
  {%- for schema in schemas -%}{%- do relations.append({'schema': schema}) -%}{%- endfor -%}
  {%- do return(postgres__get_catalog_relations(information_schema, relations)) -%}
{% endmacro %}

{# Tables of every kind, with their columns; not other sessions' temporary ones, nor system or dropped columns. #}
{% macro postgres__get_catalog_relations(information_schema, relations) %}
  {%- do adapter.verify_database(information_schema.database) -%}
  {%- set wanted = [] -%}
  {%- for relation in relations -%}
    {%- set of_schema = "upper(pg_namespace.nspname) = upper('" ~ relation.schema ~ "')" -%}
    {%- set of_table = " and upper(tab.relname) = upper('" ~ relation.identifier ~ "')" if relation.identifier else '' -%}
    {%- do wanted.append('(' ~ of_schema ~ of_table ~ ')') -%}
  {%- endfor -%}
  {%- call statement('catalog', fetch_result=True) -%}
    select
      '{{ information_schema.database }}' as table_database,
      pg_namespace.nspname as table_schema,
      tab.relname as table_name,
      case tab.relkind when 'v' then 'VIEW' when 'm' then 'MATERIALIZED VIEW' else 'BASE TABLE' end as table_type,
      table_text.description as table_comment,
      col.attname as column_name,
      col.attnum as column_index,
      pg_catalog.format_type(col.atttypid, col.atttypmod) as column_type,
      column_text.description as column_comment,
      pg_get_userbyid(tab.relowner) as table_owner
    from pg_catalog.pg_namespace
    join pg_catalog.pg_class as tab on tab.relnamespace = pg_namespace.oid
    join pg_catalog.pg_attribute as col on col.attrelid = tab.oid
    left join pg_catalog.pg_description as table_text on table_text.objoid = tab.oid and table_text.objsubid = 0
    left join pg_catalog.pg_description as column_text on column_text.objoid = tab.oid and column_text.objsubid = col.attnum
    where ({{ wanted | join(' or ') }})
      and not pg_is_other_temp_schema(pg_namespace.oid)
      and tab.relpersistence in ('p', 'u')
      and tab.relkind in ('r', 'v', 'f', 'p', 'm')
      and col.attnum > 0
      and not col.attisdropped
    order by pg_namespace.nspname, tab.relname, col.attnum
  {%- endcall -%}
  {%- do return(load_result('catalog').table) -%}
{% endmacro %}
