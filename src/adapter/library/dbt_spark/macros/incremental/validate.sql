{# Settings of incremental models that do not go together. #}

{% macro dbt_spark_validate_get_file_format(raw_file_format) %}
  {%- set known = ['text', 'csv', 'json', 'jdbc', 'parquet', 'orc', 'hive', 'delta', 'iceberg', 'libsvm', 'hudi'] -%}
  {%- if raw_file_format not in known -%}
    {%- do exceptions.raise_compiler_error('Invalid file format provided: ' ~ raw_file_format ~ '\nExpected one of: ' ~ known | join(', ')) -%}
  {%- endif -%}
  {%- do return(raw_file_format) -%}
{% endmacro %}

{% macro dbt_spark_validate_get_incremental_strategy(raw_strategy, file_format) %}
  {%- set head = 'Invalid incremental strategy provided: ' ~ raw_strategy ~ '\n' -%}
  {%- if raw_strategy not in ('append', 'merge', 'insert_overwrite', 'microbatch') -%}
    {%- do exceptions.raise_compiler_error(head ~ "Use one of 'append', 'merge', 'insert_overwrite' and 'microbatch'") -%}
  {%- elif raw_strategy == 'merge' and file_format not in ('delta', 'iceberg', 'hudi') -%}
    {%- do exceptions.raise_compiler_error(head ~ "It needs file_format 'delta', 'iceberg' or 'hudi'") -%}
  {%- elif raw_strategy in ('insert_overwrite', 'microbatch') and target.endpoint -%}
    {%- do exceptions.raise_compiler_error(head ~ "It does not work over an endpoint; use 'append' or 'merge'") -%}
  {%- endif -%}
  {%- do return(raw_strategy) -%}
{% endmacro %}
