{# Incremental strategies. Each takes one dict: target_relation, temp_relation, unique_key, incremental_predicates. #}

{% macro get_incremental_strategy(file_format) %}
  {%- do return(dbt_databricks_validate_get_incremental_strategy(config.get('incremental_strategy') or 'merge', file_format)) -%}
{% endmacro %}

{% macro databricks__get_incremental_default_sql(arg_dict) %}{{ return(get_incremental_merge_sql(arg_dict)) }}{% endmacro %}

{% macro databricks__get_incremental_append_sql(arg_dict) %}{{ return(get_insert_into_sql(arg_dict['temp_relation'], arg_dict['target_relation'])) }}{% endmacro %}

{% macro get_incremental_replace_where_sql(arg_dict) %}{{ return(adapter.dispatch('get_incremental_replace_where_sql', 'dbt')(arg_dict)) }}{% endmacro %}
{% macro databricks__get_incremental_replace_where_sql(arg_dict) %}{{ return(get_replace_where_sql(arg_dict)) }}{% endmacro %}

{% macro databricks__get_incremental_delete_insert_sql(arg_dict) %}{{ return(get_delete_insert_sql(arg_dict)) }}{% endmacro %}

{% macro databricks__get_insert_overwrite_merge_sql(target, source, dest_columns, predicates, include_sql_header) %}{{ return(get_insert_overwrite_sql(source, target)) }}{% endmacro %}

{# Rows that the predicates pick make room, in one statement. #}
{% macro get_replace_where_sql(args_dict) -%}
  {%- set predicates = args_dict['incremental_predicates'] -%}
  INSERT INTO {{ args_dict['target_relation'].render() }} {{ 'BY NAME' if adapter.has_dbr_capability('insert_by_name_replace_where') }}
  {{ 'REPLACE WHERE ' ~ (predicates if predicates is string or predicates is not sequence else predicates | join(' and ')) if predicates }}
  TABLE {{ args_dict['temp_relation'].render() }}
{%- endmacro %}

{# A batch replaces the rows of its span of time. #}
{% macro databricks__get_incremental_microbatch_sql(arg_dict) %}
  {%- set conditions = [] + (arg_dict.get('incremental_predicates') or []) -%}
  {%- set event_time = 'cast(' ~ model.config.event_time ~ ' as TIMESTAMP)' -%}
  {%- set start = config.get('__dbt_internal_microbatch_event_time_start') -%}
  {%- set end = config.get('__dbt_internal_microbatch_event_time_end') -%}
  {%- if start -%}{%- do conditions.append(event_time ~ " >= '" ~ start ~ "'") -%}{%- endif -%}
  {%- if end -%}{%- do conditions.append(event_time ~ " < '" ~ end ~ "'") -%}{%- endif -%}
  {%- do arg_dict.update({'incremental_predicates': conditions}) -%}
  {%- do return(get_replace_where_sql(arg_dict)) -%}
{% endmacro %}
