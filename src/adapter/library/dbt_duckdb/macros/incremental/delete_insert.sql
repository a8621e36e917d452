{# delete+insert and microbatch: old rows go, new rows come, in one transaction. #}

{# The default strategy. #}
{% macro duckdb__get_incremental_default_sql(arg_dict) %}{{ return(get_incremental_delete_insert_sql(arg_dict)) }}{% endmacro %}

{% macro duckdb__get_delete_insert_merge_sql(target, source, unique_key, dest_columns, incremental_predicates) %}
  {%- set columns = get_quoted_csv(dest_columns | map(attribute='name')) -%}
  {%- set predicates = incremental_predicates or [] -%}
  {%- if unique_key is sequence and unique_key is not string and unique_key -%}
    {%- set conditions = [] -%}
    {%- for key in unique_key -%}
      {%- do conditions.append(source ~ '.' ~ key ~ ' = DBT_INCREMENTAL_TARGET.' ~ key) -%}
    {%- endfor -%}
    {%- do conditions.extend(predicates) -%}
    delete from {{ target }} as DBT_INCREMENTAL_TARGET
    using {{ source }}
    where ({{ conditions | join(' and ') }});
  {% elif unique_key -%}
    delete from {{ target }}
    where ({{ unique_key }}) in (select ({{ unique_key }}) from {{ source }})
    {%- for predicate in predicates %} and {{ predicate }}{% endfor %};
  {% endif %}
  insert into {{ target }} ({{ columns }})
  (
    select {{ columns }}
    from {{ source }}
  )
{%- endmacro %}

{# The batch's span of time is emptied and filled again. Times are UTC. #}
{% macro duckdb__get_incremental_microbatch_sql(arg_dict) %}
  {%- set event_time = config.get('event_time') -%}
  {%- set batch = model.get('batch') or {} -%}
  {%- if not event_time -%}
    {%- do exceptions.raise_compiler_error("The microbatch strategy needs the model config 'event_time'") -%}
  {%- elif config.get('unique_key') -%}
    {%- do exceptions.raise_compiler_error(
      "microbatch incremental strategy does not support 'unique_key': a batch replaces the rows of its span of 'event_time' and matches no keys. Remove 'unique_key' or use incremental_strategy='merge'."
    ) -%}
  {%- elif not (batch.get('event_time_start') and batch.get('event_time_end')) -%}
    {%- do exceptions.raise_compiler_error('The microbatch strategy needs the start and end of its batch') -%}
  {%- endif -%}

  {%- set target = arg_dict['target_relation'] -%}
  {%- set columns = get_quoted_csv(arg_dict['dest_columns'] | map(attribute='name')) -%}
  {%- set within = event_time ~ " >= '" ~ batch.get('event_time_start') ~ "' and " ~ event_time ~ " < '" ~ batch.get('event_time_end') ~ "'" -%}
  delete from {{ target }}
  where {{ within }}
  {%- for predicate in normalize_incremental_predicates(arg_dict.get('incremental_predicates')) %} and ({{ predicate }}){% endfor %};

  insert into {{ target }} ({{ columns }})
  select {{ columns }}
  from {{ arg_dict['temp_relation'] }}
  where {{ within }};
{% endmacro %}
