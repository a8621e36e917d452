{{ config(materialized='incremental', unique_key='id', on_schema_change='append_new_columns') }}
select {{ var('day') }} as id
{%- if var('day') == 1 %}, 1 as whole, 1.5::decimal(9, 2) as money, 'a' as "Some Text", 1::tinyint as small, 'gone' as first_only
{%- elif var('day') == 2 %}, 2.5::double as whole, 22.555::decimal(18, 4) as money, 'b' as "Some Text", 'longer' as small, 'n' as "New Column", [1, 2] as listed
{%- else %}, {'a': 1} as listed, 3 as WHOLE, 4 as Money
{%- endif %}
