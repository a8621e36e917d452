select * from {{ ref('dim', v=1) }}
union all
select id from {{ ref('dim') }}
