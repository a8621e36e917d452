{{ config(materialized='incremental', incremental_strategy='merge', unique_key=['id', 'part'], merge_exclude_columns=['first_seen'], on_schema_change='append_new_columns') }}
select id, part, {{ var('day') }} as last_seen, {{ var('day') }} as first_seen
{%- if var('day') > 1 %}, null::date as "A Date"{% endif %}
from (values (1, 'a'), ({{ var('day') }}, 'b')) as t(id, part)
