{# Incremental strategies and snapshots. The target of a DELETE or MERGE takes no alias, so predicates that name
   DBT_INTERNAL_DEST are rewritten to its full name. #}

{% macro _update_predicates(target, incremental_predicates) %}
  {%- set rewritten = [] -%}
  {%- for predicate in incremental_predicates or [] -%}
    {%- do rewritten.append(predicate | replace('DBT_INTERNAL_DEST.', target ~ '.') | replace('dbt_internal_dest.', target ~ '.')) -%}
  {%- endfor -%}
  {%- do return(rewritten) -%}
{% endmacro %}

{% macro redshift__get_delete_insert_merge_sql(target, source, unique_key, dest_columns, incremental_predicates) %}
  {%- set columns = get_quoted_csv(dest_columns | map(attribute='name')) -%}
  {%- if unique_key -%}
    {%- set keys = unique_key if unique_key is string else unique_key | join(', ') -%}
    delete from {{ target }}
    where ({{ keys }}) in (
      select distinct {{ keys }}
      from {{ source }} as DBT_INTERNAL_SOURCE
    )
    {%- for predicate in _update_predicates(target, incremental_predicates) %} and {{ predicate }}{% endfor %};
  {% endif %}
  insert into {{ target }} ({{ columns }})
  (
    select {{ columns }}
    from {{ source }}
  )
{%- endmacro %}

{% macro redshift__get_merge_sql(target, source, unique_key, dest_columns, incremental_predicates=none) %}
  {%- set conditions = _update_predicates(target, incremental_predicates) -%}
  {%- if not unique_key -%}
    {%- do conditions.append('FALSE') -%}
  {%- else -%}
    {%- set several = unique_key is sequence and unique_key is not mapping and unique_key is not string -%}
    {%- for key in (unique_key if several else [unique_key]) -%}
      {%- do conditions.append('DBT_INTERNAL_SOURCE.' ~ key ~ ' = ' ~ target ~ '.' ~ key) -%}
    {%- endfor -%}
  {%- endif -%}
  {%- set updated = get_merge_update_columns(config.get('merge_update_columns'), config.get('merge_exclude_columns'), dest_columns) -%}
  {%- set inserted = get_merge_update_columns(none, none, dest_columns) -%}
  {%- set header = config.get('sql_header', none) -%}
  {{ header if header is not none }}
  merge into {{ target }}
  using {{ source }} as DBT_INTERNAL_SOURCE
  on ({{ conditions | join(') and (') }})
  {%- if unique_key %}
  when matched then update set {% for column in updated %}{{ column }} = DBT_INTERNAL_SOURCE.{{ column }}{{ ', ' if not loop.last }}{% endfor %}
  {%- endif %}
  when not matched then insert ({{ inserted | join(', ') }})
  values ({% for column in inserted %}DBT_INTERNAL_SOURCE.{{ column }}{{ ', ' if not loop.last }}{% endfor %})
{% endmacro %}

{# Delete and insert by the batch's span of time, without any key. #}
{% macro redshift__get_incremental_microbatch_sql(arg_dict) %}
  {%- set target = arg_dict['target_relation'] -%}
  {%- set columns = get_quoted_csv(arg_dict['dest_columns'] | map(attribute='name')) -%}
  {%- if not (model.batch and model.batch.event_time_start and model.batch.event_time_end) -%}
    {%- do exceptions.raise_compiler_error('The running batch has no start or no end') -%}
  {%- endif -%}
  {%- set conditions = _update_predicates(target, arg_dict.get('incremental_predicates')) -%}
  {%- do conditions.append(model.config.event_time ~ " >= TIMESTAMP '" ~ model.batch.event_time_start ~ "'") -%}
  {%- do conditions.append(model.config.event_time ~ " < TIMESTAMP '" ~ model.batch.event_time_end ~ "'") -%}
  {%- do arg_dict.update({'incremental_predicates': conditions}) -%}
  delete from {{ target }}
  where ({{ conditions | join(' and ') }});
  insert into {{ target }} ({{ columns }})
  (
    select {{ columns }}
    from {{ arg_dict['temp_relation'] }}
  )
{% endmacro %}

{% macro redshift__snapshot_merge_sql(target, source, insert_cols) %}{{ postgres__snapshot_merge_sql(target, source, insert_cols) }}{% endmacro %}
