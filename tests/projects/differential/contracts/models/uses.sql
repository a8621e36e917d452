select a.id, b.amount from {{ ref('dim', v=1) }} as a inner join {{ ref('dim') }} as b on a.id = b.id inner join {{ ref('dim', version=3) }} as c on c.id = a.id
