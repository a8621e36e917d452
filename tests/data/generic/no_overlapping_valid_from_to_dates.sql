{# The periods of validity of a key do not overlap; the end of a period is exclusive, and NULL is open. #}
{% test no_overlapping_valid_from_to_dates(model, column_name, valid_from='valid_from', valid_to='valid_to') %}

with periods as (

    select
        {{ column_name }},
        {{ valid_from }},
        lag({{ valid_to }}) over (
            partition by {{ column_name }} order by {{ valid_from }}
        ) as previous_valid_to,
        lag({{ valid_from }}) over (
            partition by {{ column_name }} order by {{ valid_from }}
        ) as previous_valid_from
    from {{ model }}

)

select *
from periods
where previous_valid_from is not null
    and (previous_valid_to is null or previous_valid_to > {{ valid_from }})

{% endtest %}
