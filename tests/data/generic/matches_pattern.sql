{# Every value matches an SQL regular expression (`similar to`) from end to end. #}
{% test matches_pattern(model, column_name, pattern) %}

select {{ column_name }}
from {{ model }}
where {{ column_name }} not similar to '{{ pattern }}'

{% endtest %}
