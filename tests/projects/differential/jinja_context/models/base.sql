{%- call statement('numbers', fetch_result=true) -%}
    select 1 as a, 'x' as b union all select 2, null order by 1
{%- endcall -%}
{%- set result = load_result('numbers') -%}
{%- set found = run_query("select 42 as answer, cast(1.50 as decimal(5,2)) as d, date '2020-01-01' as day") -%}
{%- if execute -%}
select {{ result.data | length }} as n, '{{ result.table.columns[1].values() | list | replace("'", "") }}' as b,
    {{ found.columns['answer'][0] }} as answer, '{{ found.rows[0]['d'] }}' as d, '{{ found.columns[2].values()[0] }}' as day,
    '{{ found.column_names | join(',') }}' as names
{%- else -%}
select 1 as n
{%- endif -%}
