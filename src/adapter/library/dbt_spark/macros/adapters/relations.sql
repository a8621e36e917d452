{# Schemas and tables: listing, dropping, renaming. #}

{% macro spark__create_schema(relation) %}
  {%- call statement('create_schema') -%}
    create schema if not exists {{ relation }}
  {%- endcall -%}
{% endmacro %}

{% macro spark__drop_schema(relation) %}
  {%- call statement('drop_schema') -%}
    drop schema if exists {{ relation }} cascade
  {%- endcall -%}
{% endmacro %}

{% macro spark__list_schemas(database) %}
  {%- call statement('list_schemas', fetch_result=True, auto_begin=False) -%}
    show databases
  {%- endcall -%}
  {%- do return(load_result('list_schemas').table) -%}
{% endmacro %}

{% macro spark__list_relations_without_caching(relation) %}
  {%- call statement('list_relations_without_caching', fetch_result=True) -%}
    show table extended in {{ relation.schema }} like '*'
  {%- endcall -%}
  {%- do return(load_result('list_relations_without_caching').table) -%}
{% endmacro %}

{# Iceberg's tables are unknown to SHOW TABLE EXTENDED (SPARK-33393): they are listed plainly, and described one by one. #}
{% macro list_relations_show_tables_without_caching(schema_relation) %}
  {%- call statement('list_relations_without_caching_show_tables', fetch_result=True) -%}
    show tables in {{ schema_relation.schema }} like '*'
  {%- endcall -%}
  {%- do return(load_result('list_relations_without_caching_show_tables').table) -%}
{% endmacro %}

{% macro describe_table_extended_without_caching(table_name) %}
  {%- call statement('describe_table_extended_without_caching', fetch_result=True) -%}
    describe extended {{ table_name }}
  {%- endcall -%}
  {%- do return(load_result('describe_table_extended_without_caching').table) -%}
{% endmacro %}

{% macro fetch_tbl_properties(relation) %}
  {%- call statement('list_properties', fetch_result=True) -%}
    SHOW TBLPROPERTIES {{ relation }}
  {%- endcall -%}
  {%- do return(load_result('list_properties').table) -%}
{% endmacro %}

{% macro spark__drop_relation(relation) %}
  {%- call statement('drop_relation', auto_begin=False) -%}
    drop {{ relation.type }} if exists {{ relation }}
  {%- endcall -%}
{% endmacro %}

{% macro spark__rename_relation(from_relation, to_relation) %}
  {%- if not from_relation.type -%}
    {%- do exceptions.raise_database_error('Cannot rename a relation with a blank type: ' ~ from_relation.identifier) -%}
  {%- elif from_relation.type not in ('table', 'view') -%}
    {%- do exceptions.raise_database_error("Cannot rename " ~ from_relation.identifier ~ ", whose type is '" ~ from_relation.type ~ "'") -%}
  {%- endif -%}
  {%- call statement('rename_relation') -%}
    alter {{ from_relation.type }} {{ from_relation }} rename to {{ to_relation }}
  {%- endcall -%}
{% endmacro %}

{# Temporary views belong to the session, not to a schema. #}
{% macro spark__make_temp_relation(base_relation, suffix) %}
  {%- set named = base_relation.incorporate(path={'identifier': base_relation.identifier ~ suffix}) -%}
  {%- do return(named.include(database=false, schema=false)) -%}
{% endmacro %}

{# Schemas are the only level. #}
{% macro spark__generate_database_name(custom_database_name=none, node=none) %}{{ return(none) }}{% endmacro %}
