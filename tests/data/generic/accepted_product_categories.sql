{# Every category is a result of macro `product_category`. #}
{% test accepted_product_categories(model, column_name) %}

select distinct {{ column_name }}
from {{ model }}
where {{ column_name }} not in (
    {%- for value in product_category_values() %}
    '{{ value }}'{{ "," if not loop.last }}
    {%- endfor %}
)

{% endtest %}
