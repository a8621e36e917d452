{# Datasets and what is in them. The adapter answers. #}

{# The statement needs a permission even where the dataset is there, and datasets elsewhere than the profile's location are not listed. #}
{% macro bigquery__create_schema(relation) %}
  {%- if not adapter.check_schema_exists(relation.database, relation.schema) -%}
    {%- do default__create_schema(relation) -%}
  {%- endif -%}
{% endmacro %}

{% macro bigquery__drop_schema(relation) %}{% do adapter.drop_schema(relation) %}{% endmacro %}

{% macro bigquery__list_schemas(database) %}{{ return(adapter.list_schemas(database)) }}{% endmacro %}

{% macro bigquery__check_schema_exists(information_schema, schema) %}{{ return(adapter.check_schema_exists(information_schema.database, schema)) }}{% endmacro %}

{% macro bigquery__list_relations_without_caching(schema_relation) %}{{ return(adapter.list_relations_without_caching(schema_relation)) }}{% endmacro %}

{% macro bigquery__get_columns_in_relation(relation) %}{{ return(adapter.get_columns_in_relation(relation)) }}{% endmacro %}

{% macro bigquery__drop_relation(relation) %}{% do adapter.drop_relation(relation) %}{% endmacro %}

{% macro bigquery__rename_relation(from_relation, to_relation) %}{% do adapter.rename_relation(from_relation, to_relation) %}{% endmacro %}

{# Source freshness from the storage records of the dataset's region. #}
{% macro bigquery__get_relation_last_modified(information_schema, relations) %}
  {%- set region = adapter.get_dataset_location(relations[0]) -%}
  {%- set storage = relations[0].incorporate(location=region).information_schema('TABLE_STORAGE') -%}
  {%- call statement('last_modified', fetch_result=True) -%}
    select
      table_schema as schema,
      table_name as identifier,
      storage_last_modified_time as last_modified,
      {{ current_timestamp() }} as snapshotted_at
    from {{ storage }}
    where upper(table_schema) in ({% for schema in relations | map(attribute='schema') | unique %}upper('{{ schema }}'){{ ', ' if not loop.last }}{% endfor %})
      and (
      {%- for relation in relations -%}
        (upper(table_schema) = upper('{{ relation.schema }}') and upper(table_name) = upper('{{ relation.identifier }}')){{ ' or ' if not loop.last }}
      {%- endfor -%}
      )
  {%- endcall -%}
  {%- do return(load_result('last_modified')) -%}
{% endmacro %}
