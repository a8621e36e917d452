{# Among the rows that are valid now (no end of validity) a key stands once. #}
{% test unique_where_currently_valid(model, column_name, valid_to='valid_to') %}

select
    {{ column_name }},
    count(*) as row_count
from {{ model }}
where {{ valid_to }} is null
group by {{ column_name }}
having count(*) > 1

{% endtest %}
