select b.id from {{ ref('b') }} as b cross join {{ ref('c') }} as c
