{# Short-lived relations beside a node's own, and looking relations up with what the server knows of them. #}

{# Where a new table is built before it takes the old one's name. #}
{% macro make_staging_relation(base_relation, suffix='__dbt_stg', type='table') %}
  {%- set ending = adapter.generate_unique_temporary_table_suffix(suffix) if config.get('unique_tmp_table_suffix', False) | as_bool else suffix -%}
  {%- do return(api.Relation.create(
    database=base_relation.database, schema=base_relation.schema, identifier=base_relation.identifier ~ ending, type=type, is_staging=True
  )) -%}
{% endmacro %}

{% macro databricks__make_intermediate_relation(base_relation, suffix) %}{{ return(databricks__make_temp_relation(base_relation, suffix)) }}{% endmacro %}

{# A temporary view for SQL, where the catalog has such; a table for Python. Batches may run at once, so each has a name of its own. #}
{% macro databricks__make_temp_relation(base_relation, suffix='__dbt_tmp') %}
  {%- if config.get('unique_tmp_table_suffix', False) | as_bool -%}
    {%- set suffix = adapter.generate_unique_temporary_table_suffix() -%}
  {%- endif -%}
  {%- if suffix == '__dbt_tmp' and model.batch -%}
    {%- set suffix = suffix ~ '_' ~ model.batch.id -%}
  {%- endif -%}
  {%- set name = base_relation.identifier ~ suffix -%}
  {%- if model['language'] == 'sql' -%}
    {%- do return(api.Relation.create(identifier=name, type='view', temporary=not base_relation.is_hive_metastore())) -%}
  {%- endif -%}
  {%- do return(api.Relation.create(database=base_relation.database, schema=base_relation.schema, identifier=name, type='table')) -%}
{% endmacro %}

{% macro databricks__get_or_create_relation(database, schema, identifier, type, needs_information=False) %}
  {%- set found = adapter.get_relation(database=database, schema=schema, identifier=identifier, needs_information=needs_information) -%}
  {%- if found -%}
    {%- do return([true, found]) -%}
  {%- endif -%}
  {%- do return([false, api.Relation.create(database=database, schema=schema, identifier=identifier, type=type, temporary=False)]) -%}
{% endmacro %}

{% macro load_relation_with_metadata(relation) %}
  {%- do return(adapter.get_relation(database=relation.database, schema=relation.schema, identifier=relation.identifier, needs_information=True)) -%}
{% endmacro %}
