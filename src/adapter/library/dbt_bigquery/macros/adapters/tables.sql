{# Helpers around tables: date shards, partitions, uploads, names for Spark. #}

{# A table name that takes the run's partition date. #}
{% macro date_sharded_table(base_name) %}{{ return(base_name ~ '[DBT__PARTITION_DATE]') }}{% endmacro %}

{% macro get_partitions_metadata(table) %}{{ return(adapter.get_partitions_metadata(table) if execute else none) }}{% endmacro %}

{# A local file as a table. Further arguments go to the load job. #}
{% macro bigquery__upload_file(local_file_path, database, table_schema, table_name) %}
  {%- do log('kwargs: ' ~ kwargs) -%}
  {%- do adapter.upload_file(local_file_path, database, table_schema, table_name, kwargs=kwargs) -%}
{% endmacro %}

{% macro bigquery__resolve_model_name(input_model_name) -%}
  {{ input_model_name | string | replace('`', '') | replace('"', '\"') }}
{%- endmacro %}
