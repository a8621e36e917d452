{# The catalog that the documentation site shows. Late-binding views stand in a place of their own, and queries that only the
   leader node runs cannot join others: so parts are fetched apart, and statistics are joined here, in memory. #}

{% macro redshift__get_catalog(information_schema, schemas) %}
  {%- set database = information_schema.database -%}
  {%- do adapter.verify_database(database) -%}
  {%- if redshift__use_show_apis() -%}
    {%- set catalog = _redshift__get_base_catalog_by_schema_show(database, schemas) -%}
  {%- else -%}
    {%- set catalog = _redshift__get_base_catalog_by_schema(database, schemas) -%}
  {%- endif -%}
  {%- if redshift__can_select_from('svv_table_info') -%}
    {%- do return(catalog.join(_redshift__get_extended_catalog_by_schema(schemas), ['table_schema', 'table_name'])) -%}
  {%- endif -%}
  {%- do redshift__no_svv_table_info_warning() -%}
  {%- do return(catalog) -%}
{% endmacro %}

{% macro redshift__get_catalog_relations(information_schema, relations) %}
  {%- set database = information_schema.database -%}
  {%- do adapter.verify_database(database) -%}
  {%- if redshift__use_show_apis() -%}
    {%- set catalog = _redshift__get_base_catalog_by_relation_show(database, relations) -%}
  {%- else -%}
    {%- set catalog = _redshift__get_base_catalog_by_relation(database, relations) -%}
  {%- endif -%}
  {%- if redshift__can_select_from('svv_table_info') -%}
    {%- do return(catalog.join(_redshift__get_extended_catalog_by_relation(relations), ['table_schema', 'table_name'])) -%}
  {%- endif -%}
  {%- do redshift__no_svv_table_info_warning() -%}
  {%- do return(catalog) -%}
{% endmacro %}

{% macro redshift__can_select_from(table_name) %}
  {%- call statement('has_table_privilege', fetch_result=True) -%}
    select has_table_privilege(current_user, '{{ table_name }}', 'SELECT') as can_select
  {%- endcall -%}
  {%- do return(load_result('has_table_privilege').table[0]['can_select']) -%}
{% endmacro %}

{% macro redshift__no_svv_table_info_warning() %}
  {%- do log('Warning: user "' ~ target.user ~ '" may not read "svv_table_info", so sizes, keys and row counts are missing. Grant SELECT on it to see them.', info=True) -%}
{% endmacro %}
