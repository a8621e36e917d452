{{ config(materialized=var('as', 'table')) }}
{%- if var('broken', false) %}
select 1::bigint as id, 'x' as extra, 2.5 as amount, true as "Flag"
{%- else %}
select 1 as id, 2::decimal(10, 2) as amount, 'n' as name
{%- endif %}
