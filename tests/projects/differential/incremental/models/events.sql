select {{ var('day') }} as day, id, id * {{ var('day') }} as amount
    {%- if var('wide', false) %}, 'x' as extra{% endif %}
from (values (1), (2)) as t(id)
