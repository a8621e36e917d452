{% test has_rows(model) %}
select count(*) as n from {{ model }} having count(*) = 0
{% endtest %}
