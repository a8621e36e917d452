select 1 as day_id, {{ helper.shout('days') }} as label
