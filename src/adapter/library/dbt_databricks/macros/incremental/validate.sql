{# Settings of incremental models that do not go together. #}

{% macro dbt_databricks_validate_get_file_format(raw_file_format) %}
  {%- set known = ['text', 'csv', 'json', 'jdbc', 'parquet', 'orc', 'hive', 'delta', 'libsvm', 'hudi'] -%}
  {%- if raw_file_format not in known -%}
    {%- do exceptions.raise_compiler_error('Invalid file format provided: ' ~ raw_file_format ~ '\nExpected one of: ' ~ known | join(', ')) -%}
  {%- endif -%}
  {%- do return(raw_file_format) -%}
{% endmacro %}

{# A strategy that is not built in may be the user's own. #}
{% macro dbt_databricks_validate_get_incremental_strategy(raw_strategy, file_format) %}
  {%- set head = 'Invalid incremental strategy provided: ' ~ raw_strategy ~ '\n' -%}
  {%- if raw_strategy not in adapter.valid_incremental_strategies() -%}
    {%- do log('WARNING - You are using an unsupported incremental strategy: ' ~ raw_strategy) -%}
    {%- do log('For a strategy of your own this does not matter') -%}
  {%- elif (raw_strategy == 'merge' and file_format not in ('delta', 'hudi')) or (raw_strategy in ('replace_where', 'microbatch', 'delete+insert') and file_format != 'delta') -%}
    {%- do exceptions.raise_compiler_error(head ~ "It needs file_format 'delta'") -%}
  {%- elif raw_strategy == 'delete+insert' and config.get('unique_key') is none -%}
    {%- do exceptions.raise_compiler_error(head ~ "It needs a 'unique_key'") -%}
  {%- endif -%}
  {%- do return(raw_strategy) -%}
{% endmacro %}
