select 1 as id, {{ var('day', 1) }} as amount, timestamp '2020-01-01' + interval ({{ var('day', 1) }}) day as updated_at, 'q' as "Quoted Name"
{%- if var('day', 1) == 1 %}, 'early' as gone_later
{%- elif var('day', 1) == 2 %}, 'x' as added, 'y' as "Added Too"
{%- else %}, 2.5 as added, 'y' as "added too"
{%- endif %}
union all select 2, 7, timestamp '2020-01-01', 'p' {%- if var('day', 1) == 1 %}, 'early'{% elif var('day', 1) == 2 %}, 'x', 'y'{% else %}, 1.5, 'z'{% endif %}
