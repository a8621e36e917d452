{{ config(tags=['cross', 'nightly']) }}
select tool_id from {{ ref('helpers', 'tool_use') }} cross join {{ ref('root') }}
