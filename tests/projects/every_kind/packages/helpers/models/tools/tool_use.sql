select tool_id from {{ ref('tool_list') }}
