{{ config(materialized='incremental', unique_key='id', on_schema_change='append_new_columns', contract={'enforced': true}) }}
select {{ var('day') }} as id, 'x'::varchar as name {%- if var('day') > 1 %}, 5 as more{% endif %}
