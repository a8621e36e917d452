{# INSERT in its many forms: by name or by position, with and without rows that make room. Which of them, the runtime decides. #}

{% macro get_insert_into_sql(source_relation, target_relation) %}
  {%- set given = adapter.get_columns_in_relation(source_relation) | map(attribute='name') | list -%}
  {%- set present = adapter.get_columns_in_relation(target_relation) | map(attribute='name') | list -%}
  {{ insert_into_sql_impl(target_relation, present, source_relation, given) }}
{% endmacro %}

{# Of differing columns those that both have; a list of columns and BY NAME exclude each other. #}
{% macro insert_into_sql_impl(target_relation, dest_columns, source_relation, source_columns) %}
  {%- set given = source_columns | map('lower') | list -%}
  {%- set shared = [] -%}
  {%- for name in dest_columns if name | lower in given -%}{%- do shared.append(adapter.quote(name)) -%}{%- endfor -%}
  {%- if shared and dest_columns | map('lower') | sort != given | sort -%}
    insert into {{ target_relation }} ({{ shared | join(', ') }})
    select {{ shared | join(', ') }} from {{ source_relation }}
  {%- else -%}
    insert into {{ target_relation }} {{ 'by name' if adapter.has_dbr_capability('insert_by_name') }}
    select * from {{ source_relation }}
  {%- endif -%}
{% endmacro %}

{# Clusters replace by condition when their runtime can, warehouses when the flag asks for it. #}
{% macro get_insert_overwrite_sql(source_relation, target_relation) %}
  {%- set wanted = adapter.behavior.use_replace_on_for_insert_overwrite -%}
  {%- if adapter.is_cluster() -%}
    {%- set by_condition = adapter.has_dbr_capability('replace_on') -%}
    {%- if wanted and not by_condition -%}
      {%- do exceptions.warn("use_replace_on_for_insert_overwrite is on, but this cluster does not support REPLACE ON (it comes with DBR 17.1); INSERT OVERWRITE is used") -%}
    {%- endif -%}
  {%- else -%}
    {%- set by_condition = wanted -%}
  {%- endif -%}
  {%- if by_condition -%}
    {{ get_insert_replace_on_sql(source_relation, target_relation) }}
  {%- else -%}
    insert overwrite table {{ target_relation }}
    {{ partition_cols(label='partition') }} {{ 'by name' if adapter.has_dbr_capability('insert_by_name') }}
    select * from {{ source_relation }}
  {%- endif -%}
{% endmacro %}

{% macro add_columns_to_list(target_list, columns) %}
  {%- if columns is string and columns -%}
    {%- do target_list.append(columns) -%}
  {%- elif columns -%}
    {%- do target_list.extend(columns) -%}
  {%- endif -%}
{% endmacro %}

{# Rows with the same partition or cluster make room. A column that the new rows lack is null. #}
{% macro get_insert_replace_on_sql(source_relation, target_relation) %}
  {%- set keys = [] -%}
  {%- do add_columns_to_list(keys, config.get('partition_by')) -%}
  {%- do add_columns_to_list(keys, config.get('liquid_clustered_by')) -%}
  {%- if not keys -%}
    insert overwrite table {{ target_relation }} {{ 'by name' if adapter.has_dbr_capability('insert_by_name') }}
    select * from {{ source_relation }}
  {%- else -%}
    {%- set conditions = [] -%}
    {%- for key in keys -%}{%- do conditions.append('t.' ~ adapter.quote(key) ~ ' <=> s.' ~ adapter.quote(key)) -%}{%- endfor -%}
    {%- set given = {} -%}
    {%- for column in adapter.get_columns_in_relation(source_relation) | reverse -%}
      {%- do given.update({column.name | lower: column.name}) -%}
    {%- endfor -%}
    {%- set selected = [] -%}
    {%- for column in adapter.get_columns_in_relation(target_relation) -%}
      {%- set name = given.get(column.name | lower) -%}
      {%- do selected.append(adapter.quote(name) if name is not none else 'NULL as ' ~ adapter.quote(column.name)) -%}
    {%- endfor -%}
    insert into table {{ target_relation }} AS t
    replace on ({{ conditions | join(' AND ') }})
    (select {{ selected | join(', ') }} from {{ source_relation }}) AS s
  {%- endif -%}
{% endmacro %}

{% macro get_delete_insert_sql(arg_dict) %}
  {%- set target = arg_dict.get('target_relation') -%}
  {%- set columns = adapter.get_columns_in_relation(target) | map(attribute='quoted') | list -%}
  {%- do return(delete_insert_sql_impl(arg_dict.get('temp_relation'), target, columns, config.require('unique_key'), config.get('incremental_predicates'))) -%}
{% endmacro %}

{# In one statement where the runtime can. #}
{% macro delete_insert_sql_impl(source_relation, target_relation, target_columns, unique_key, incremental_predicates) %}
  {%- set keys = unique_key if unique_key is sequence and unique_key is not string else [unique_key] -%}
  {%- if not adapter.has_dbr_capability('replace_on') -%}
    {%- do return(delete_insert_legacy_sql(source_relation, target_relation, target_columns, keys, incremental_predicates)) -%}
  {%- endif -%}
  {%- set predicates = [incremental_predicates] if incremental_predicates is string else incremental_predicates or [] -%}
  {%- set matches = [] -%}
  {%- for key in keys -%}{%- do matches.append('target.' ~ adapter.quote(key) ~ ' <=> temp.' ~ adapter.quote(key)) -%}{%- endfor -%}
  insert into table {{ target_relation }} as target
  replace on ({{ matches | join(' and ') }})
  (select {{ target_columns | join(', ') }} from {{ source_relation }} {{ 'where ' ~ predicates | join(' and ') if predicates }}) as temp
{% endmacro %}

{# Else as a list of two. Delta takes no IN over several columns, so they are compared row by row. #}
{% macro delete_insert_legacy_sql(source_relation, target_relation, target_columns, unique_keys, incremental_predicates) %}
  {%- set predicates = [incremental_predicates] if incremental_predicates is string else incremental_predicates or [] -%}
  {%- set first_key = adapter.quote(unique_keys[0]) -%}
  {%- if unique_keys | length == 1 -%}
    {%- set matched = target_relation ~ '.' ~ first_key ~ ' IN (SELECT ' ~ first_key ~ ' FROM ' ~ source_relation ~ ')' -%}
  {%- else -%}
    {%- set matches = [] -%}
    {%- for key in unique_keys -%}
      {%- do matches.append(target_relation ~ '.' ~ adapter.quote(key) ~ ' <=> ' ~ source_relation ~ '.' ~ adapter.quote(key)) -%}
    {%- endfor -%}
    {%- set matched = 'EXISTS (SELECT 1 FROM ' ~ source_relation ~ ' WHERE ' ~ matches | join(' AND ') ~ ')' -%}
  {%- endif -%}
  {%- set deletion -%}
    delete from {{ target_relation }}
    where {{ ([matched] + predicates) | join(' and ') }}
  {%- endset -%}
  {%- set insertion -%}
    insert into {{ target_relation }} {{ 'by name' if adapter.has_dbr_capability('insert_by_name') }}
    select {{ target_columns | join(', ') }}
    from {{ source_relation }}
    {{ 'where ' ~ predicates | join(' and ') if predicates }}
  {%- endset -%}
  {%- do return([deletion, insertion]) -%}
{% endmacro %}
