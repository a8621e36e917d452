{# The catalog's parts for whole schemas. #}

{% macro _redshift__get_base_catalog_by_schema(database, schemas) %}
  {%- call statement('base_catalog', fetch_result=True) -%}
    with late_binding as ({{ _redshift__get_late_binding_by_schema_sql(schemas) }}),
    early_binding as ({{ _redshift__get_early_binding_by_schema_sql(database, schemas) }}),
    unioned as (select * from early_binding union all select * from late_binding),
    table_owners as ({{ redshift__get_table_owners_sql() }})
    select '{{ database }}' as table_database, *
    from unioned
    join table_owners using (table_schema, table_name)
    order by "column_index"
  {%- endcall -%}
  {%- do return(load_result('base_catalog').table) -%}
{% endmacro %}

{% macro _redshift__get_late_binding_by_schema_sql(schemas) %}
  {{ redshift__get_late_binding_sql() }}
  where ({% for schema in schemas %}upper(table_schema) = upper('{{ schema }}'){{ ' or ' if not loop.last }}{% endfor %})
{% endmacro %}

{% macro _redshift__get_early_binding_by_schema_sql(database, schemas) %}
  {{ redshift__get_early_binding_sql(database) }}
  and ({% for schema in schemas %}upper(sch.nspname) = upper('{{ schema }}'){{ ' or ' if not loop.last }}{% endfor %})
{% endmacro %}

{% macro _redshift__get_base_catalog_by_schema_show(database, schemas) %}
  {%- set conditions = [] -%}
  {%- for schema in schemas -%}{%- do conditions.append("schema_name = lower('" ~ schema ~ "')") -%}{%- endfor -%}
  {%- do return(_redshift__get_base_catalog_show(database, schemas, conditions | join(' or '))) -%}
{% endmacro %}

{% macro _redshift__get_extended_catalog_by_schema(schemas) %}
  {%- call statement('extended_catalog', fetch_result=True) -%}
    {{ redshift__get_extended_catalog_sql() }}
    where ({% for schema in schemas %}upper("schema") = upper('{{ schema }}'){{ ' or ' if not loop.last }}{% endfor %})
  {%- endcall -%}
  {%- do return(load_result('extended_catalog').table) -%}
{% endmacro %}
