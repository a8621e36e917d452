{# Incremental strategies and snapshots, each one explicit transaction. Linked databases have none. #}

{% macro snowflake__get_incremental_default_sql(arg_dict) %}{{ return(get_incremental_merge_sql(arg_dict)) }}{% endmacro %}

{% macro snowflake__get_incremental_append_sql(get_incremental_append_sql) %}
  {%- set dml = default__get_incremental_append_sql(get_incremental_append_sql) -%}
  {%- do return(dml if snowflake__is_catalog_linked_database(config.model) else snowflake_dml_explicit_transaction(dml)) -%}
{% endmacro %}

{# Without a key nothing can match, and a MERGE that matches nothing is refused: then it is a plain INSERT. #}
{% macro snowflake__get_merge_sql(target, source_sql, unique_key, dest_columns, incremental_predicates) %}
  {%- set dml -%}
    {%- if unique_key is none -%}
      {%- set header = config.get('sql_header', none) -%}
      {%- set columns = get_quoted_csv(dest_columns | map(attribute='name')) -%}
      {{ header if header is not none }}
      insert into {{ target }} ({{ columns }})
      (
        select {{ columns }}
        from {{ source_sql }}
      )
    {%- else -%}
      {{ default__get_merge_sql(target, source_sql, unique_key, dest_columns, incremental_predicates) }}
    {%- endif -%}
  {%- endset -%}
  {%- do return(dml if snowflake__is_catalog_linked_database(relation=config.model) else snowflake_dml_explicit_transaction(dml)) -%}
{% endmacro %}

{% macro snowflake__get_delete_insert_merge_sql(target, source, unique_key, dest_columns, incremental_predicates) %}
  {%- set dml = default__get_delete_insert_merge_sql(target, source, unique_key, dest_columns, incremental_predicates) -%}
  {%- do return(dml if snowflake__is_catalog_linked_database(relation=config.model) else snowflake_dml_explicit_transaction(dml)) -%}
{% endmacro %}

{% macro snowflake__snapshot_merge_sql(target, source, insert_cols) %}
  {%- set dml = default__snapshot_merge_sql(target, source, insert_cols) -%}
  {%- do return(dml if snowflake__is_catalog_linked_database(relation=target) else snowflake_dml_explicit_transaction(dml)) -%}
{% endmacro %}

{# INSERT OVERWRITE replaces the whole table at once; there are no partitions to pick from. #}
{% macro get_incremental_insert_overwrite_sql(arg_dict) %}
  {{- return(adapter.dispatch('insert_overwrite_get_sql', 'dbt')(arg_dict['target_relation'], arg_dict['temp_relation'], arg_dict['unique_key'], arg_dict['dest_columns'])) -}}
{% endmacro %}

{% macro snowflake__insert_overwrite_get_sql(target, source, unique_key, dest_columns) %}
  {%- set chosen = config.get('overwrite_columns', []) -%}
  {%- set dml -%}
    {{ config.get('sql_header', '') }}
    insert overwrite into {{ target.render() }} {{ '(' ~ chosen | join(', ') ~ ')' if chosen }}
    select {{ chosen | join(', ') if chosen else '*' }}
    from {{ source.render() }}
  {%- endset -%}
  {%- do return(dml if snowflake__is_catalog_linked_database(relation=config.model) else snowflake_dml_explicit_transaction(dml)) -%}
{% endmacro %}

{# The batch's span of time is emptied and filled again, both or neither. #}
{% macro snowflake__get_incremental_microbatch_sql(arg_dict) %}
  {%- set target = arg_dict['target_relation'] -%}
  {%- set conditions = [] + (arg_dict.get('incremental_predicates') or []) -%}
  {%- set event_time = 'DBT_INTERNAL_TARGET.' ~ model.config.event_time -%}
  {%- if model.batch and model.batch.event_time_start -%}
    {%- do conditions.append(event_time ~ " >= to_timestamp_tz('" ~ model.config.__dbt_internal_microbatch_event_time_start ~ "')") -%}
  {%- endif -%}
  {%- if model.batch and model.batch.event_time_end -%}
    {%- do conditions.append(event_time ~ " < to_timestamp_tz('" ~ model.config.__dbt_internal_microbatch_event_time_end ~ "')") -%}
  {%- endif -%}
  {%- do arg_dict.update({'incremental_predicates': conditions}) -%}
  {%- set columns = get_quoted_csv(arg_dict['dest_columns'] | map(attribute='name')) -%}
  {%- set dml -%}
    delete from {{ target }} DBT_INTERNAL_TARGET
    where ({{ conditions | join(' and ') }});
    insert into {{ target }} ({{ columns }})
    (
      select {{ columns }}
      from {{ arg_dict['temp_relation'] }}
    )
  {%- endset -%}
  {%- do return(dml if snowflake__is_catalog_linked_database(relation=config.model) else snowflake_dml_explicit_transaction(dml)) -%}
{% endmacro %}
