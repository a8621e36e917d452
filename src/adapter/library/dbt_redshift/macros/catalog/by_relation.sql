{# The catalog's parts for chosen relations. #}

{% macro _redshift__get_base_catalog_by_relation(database, relations) %}
  {%- call statement('base_catalog', fetch_result=True) -%}
    with late_binding as ({{ _redshift__get_late_binding_by_relation_sql(relations) }}),
    early_binding as ({{ _redshift__get_early_binding_by_relation_sql(database, relations) }}),
    unioned as (select * from early_binding union all select * from late_binding),
    table_owners as ({{ redshift__get_table_owners_sql() }})
    select '{{ database }}' as table_database, *
    from unioned
    join table_owners using (table_schema, table_name)
    order by "column_index"
  {%- endcall -%}
  {%- do return(load_result('base_catalog').table) -%}
{% endmacro %}

{% macro _redshift__get_late_binding_by_relation_sql(relations) %}
  {{ redshift__get_late_binding_sql() }}
  where (
  {%- for relation in relations -%}
    (upper(table_schema) = upper('{{ relation.schema }}') and upper(table_name) = upper('{{ relation.identifier }}')){{ ' or ' if not loop.last }}
  {%- endfor -%}
  )
{% endmacro %}

{% macro _redshift__get_early_binding_by_relation_sql(database, relations) %}
  {{ redshift__get_early_binding_sql(database) }}
  and (
  {%- for relation in relations -%}
    (upper(sch.nspname) = upper('{{ relation.schema }}') and upper(tbl.relname) = upper('{{ relation.identifier }}')){{ ' or ' if not loop.last }}
  {%- endfor -%}
  )
{% endmacro %}

{% macro _redshift__get_base_catalog_by_relation_show(database, relations) %}
  {%- set conditions = [] -%}
  {%- for relation in relations -%}
    {%- do conditions.append("(schema_name = lower('" ~ relation.schema ~ "') and table_name = lower('" ~ relation.identifier ~ "'))") -%}
  {%- endfor -%}
  {%- do return(_redshift__get_base_catalog_show(database, relations | map(attribute='schema') | unique | list, conditions | join(' or '))) -%}
{% endmacro %}

{% macro _redshift__get_extended_catalog_by_relation(relations) %}
  {%- call statement('extended_catalog', fetch_result=True) -%}
    {{ redshift__get_extended_catalog_sql() }}
    where (
    {%- for relation in relations -%}
      (upper("schema") = upper('{{ relation.schema }}') and upper("table") = upper('{{ relation.identifier }}')){{ ' or ' if not loop.last }}
    {%- endfor -%}
    )
  {%- endcall -%}
  {%- do return(load_result('extended_catalog').table) -%}
{% endmacro %}
