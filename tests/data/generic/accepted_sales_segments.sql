{# Every segment is one that we know. #}
{% test accepted_sales_segments(model, column_name) %}

select distinct {{ column_name }}
from {{ model }}
where {{ column_name }} not in (
    {%- for value in sales_segment_values() %}
    '{{ value }}'{{ "," if not loop.last }}
    {%- endfor %}
)

{% endtest %}
