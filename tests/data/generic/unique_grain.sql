{# The columns together name each row once, and none of them is empty unless `nullable` is set. #}
{% test unique_grain(model, columns, nullable=false) %}

select
    {{ columns | join(', ') }},
    count(*) as row_count
from {{ model }}
group by {{ columns | join(', ') }}
having count(*) > 1
    {%- if not nullable %}
    {%- for column in columns %}
    or {{ column }} is null
    {%- endfor %}
    {%- endif %}

{% endtest %}
