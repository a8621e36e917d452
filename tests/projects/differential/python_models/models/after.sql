select t.doubled, g.id from {{ ref('totals') }} as t inner join {{ ref('grown') }} as g on g.name = t.name
