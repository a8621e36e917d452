{{ config(materialized='incremental', unique_key='id', on_schema_change='append_new_columns') }}
select {{ var('day', 1) }} as id, 'x' as name
{%- if var('day', 1) > 1 %}, 'new' as later{% endif %}
