select t.code, p.name from {{ ref('typed') }} as t inner join {{ ref('plain') }} as p on t.id = p.id
