select 1 as tool_id, {{ var('tool_limit', 5) }} as tool_limit
