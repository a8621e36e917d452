{# From strategy to SQL. #}

{% macro dbt_spark_get_incremental_sql(strategy, source, target, existing, unique_key, incremental_predicates) %}
  {%- if strategy == 'append' -%}
    {{ get_insert_into_sql(source, target) }}
  {%- elif strategy == 'insert_overwrite' -%}
    {{ get_insert_overwrite_sql(source, target, existing) }}
  {%- elif strategy == 'microbatch' and not config.get('partition_by') -%}
    {%- do exceptions.raise_compiler_error(
      "dbt-spark 'microbatch' incremental strategy requires a `partition_by` config.\nEnsure you are using a `partition_by` column that is of grain " ~ config.get('batch_size') ~ '.'
    ) -%}
  {%- elif strategy == 'microbatch' -%}
    {{ get_insert_overwrite_sql(source, target, existing) }}
  {%- elif strategy == 'merge' -%}
    {{ get_merge_sql(target, source, unique_key, dest_columns=none, incremental_predicates=incremental_predicates) }}
  {%- else -%}
    {%- do exceptions.raise_compiler_error('No known SQL for the incremental strategy provided: ' ~ strategy) -%}
  {%- endif -%}
{% endmacro %}

{% macro get_insert_into_sql(source_relation, target_relation) %}
  {%- set columns = adapter.get_columns_in_relation(target_relation) | map(attribute='quoted') | join(', ') -%}
  insert into table {{ target_relation }}
  select {{ columns }} from {{ source_relation }}
{% endmacro %}

{# Iceberg takes neither the word TABLE nor the partitions. #}
{% macro get_insert_overwrite_sql(source_relation, target_relation, existing_relation) %}
  {%- set columns = adapter.get_columns_in_relation(target_relation) | map(attribute='quoted') | join(', ') -%}
  {%- if existing_relation.is_iceberg -%}
    insert overwrite {{ target_relation }}
  {%- else -%}
    insert overwrite table {{ target_relation }}
    {{ partition_cols(label='partition') }}
  {%- endif %}
  select {{ columns }} from {{ source_relation }}
{% endmacro %}

{# Without chosen columns all are updated. #}
{% macro spark__get_merge_sql(target, source, unique_key, dest_columns, incremental_predicates) %}
  {%- set conditions = [] + (incremental_predicates or []) -%}
  {%- if not unique_key -%}
    {%- do conditions.append('FALSE') -%}
  {%- else -%}
    {%- set several = unique_key is sequence and unique_key is not mapping and unique_key is not string -%}
    {%- for key in (unique_key if several else [unique_key]) -%}
      {%- do conditions.append('DBT_INTERNAL_SOURCE.' ~ key ~ ' = DBT_INTERNAL_DEST.' ~ key) -%}
    {%- endfor -%}
  {%- endif -%}
  {%- set updated = get_merge_update_columns(config.get('merge_update_columns'), config.get('merge_exclude_columns'), adapter.get_columns_in_relation(target)) -%}
  merge into {{ target }} as DBT_INTERNAL_DEST
  using {{ source }} as DBT_INTERNAL_SOURCE
  on {{ conditions | join(' and ') }}
  when matched then update set
  {% for column in updated or [] -%}
    {{ column }} = DBT_INTERNAL_SOURCE.{{ column }}{{ ', ' if not loop.last }}
  {%- else -%}
    *
  {%- endfor %}
  when not matched then insert *
{% endmacro %}

{# None stands for all columns. #}
{% macro spark__get_merge_update_columns(merge_update_columns, merge_exclude_columns, dest_columns) %}
  {%- if merge_update_columns or merge_exclude_columns -%}
    {%- do return(default__get_merge_update_columns(merge_update_columns, merge_exclude_columns, dest_columns)) -%}
  {%- endif -%}
  {%- do return(none) -%}
{% endmacro %}
