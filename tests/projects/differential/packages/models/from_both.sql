select g.word, o.origin, {{ helper.twice(21) }} as n, {{ quoted('x') }} as q from {{ ref('helper', 'greeting') }} as g cross join {{ ref('other', 'shared_name') }} as o
