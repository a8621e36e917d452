{{ config(tags=['t', 'rare']) }}
select * from {{ ref('a') }} cross join {{ ref('s') }} as s(x)
