with recursive n as (select 1 as i union all select i + 1 from n where i < 3)
select m.id, n.i from {{ ref('middle') }} as m cross join n
