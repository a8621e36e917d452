{#
  A condition holds in every row; a row where it is NULL passes. On a column the expression follows
  the column (`expression: "<> 0"`), on a model it stands alone.
#}
{% test expression_is_true(model, expression, column_name=none) %}

select *
from {{ model }}
where not ({{ column_name if column_name is not none }} {{ expression }})

{% endtest %}
