{# Incremental strategies, snapshots and functions. #}

{% macro postgres__get_incremental_default_sql(arg_dict) %}
  {%- do return(get_incremental_delete_insert_sql(arg_dict) if arg_dict['unique_key'] else get_incremental_append_sql(arg_dict)) -%}
{% endmacro %}

{# A batch's rows replace those with the same key. #}
{% macro postgres__get_incremental_microbatch_sql(arg_dict) %}
  {%- if not arg_dict['unique_key'] -%}
    {%- do exceptions.raise_compiler_error("dbt-postgres 'microbatch' requires a `unique_key` config") -%}
  {%- endif -%}
  {%- do return(adapter.dispatch('get_incremental_merge_sql', 'dbt')(arg_dict)) -%}
{% endmacro %}

{# Without MERGE, which older servers lack: ends of old versions by an UPDATE, new versions by an INSERT, in one transaction. #}
{% macro postgres__snapshot_merge_sql(target, source, insert_cols) %}
  {%- set names = config.get('snapshot_table_column_names') or get_snapshot_table_column_names() -%}
  {%- set open_end = config.get('dbt_valid_to_current') -%}
  {%- set valid_to = target ~ '.' ~ names.dbt_valid_to -%}
  update {{ target }}
  set {{ names.dbt_valid_to }} = DBT_INTERNAL_SOURCE.{{ names.dbt_valid_to }}
  from {{ source }} as DBT_INTERNAL_SOURCE
  where DBT_INTERNAL_SOURCE.{{ names.dbt_scd_id }}::text = {{ target }}.{{ names.dbt_scd_id }}::text
    and DBT_INTERNAL_SOURCE.dbt_change_type::text in ('update'::text, 'delete'::text)
    and {{ '(' ~ valid_to ~ ' = ' ~ open_end ~ ' or ' ~ valid_to ~ ' is null)' if open_end else valid_to ~ ' is null' }};

  insert into {{ target }} ({{ insert_cols | join(', ') }})
  select {% for column in insert_cols %}DBT_INTERNAL_SOURCE.{{ column }}{{ ', ' if not loop.last }}{% endfor %}
  from {{ source }} as DBT_INTERNAL_SOURCE
  where DBT_INTERNAL_SOURCE.dbt_change_type::text = 'insert'::text;
{% endmacro %}

{# A function's arguments may have defaults. #}
{% macro postgres__formatted_scalar_function_args_sql() %}
  {%- for arg in model.arguments -%}
    {%- set fallback = arg.get('default_value', none) -%}
    {{ arg.name }} {{ arg.data_type }}{{ ' DEFAULT ' ~ fallback if fallback is not none }}{{ ', ' if not loop.last }}
  {%- endfor -%}
{% endmacro %}
