{% test dbt_expectations_like(model, minimum) %}
select count(*) as n from {{ model }} having count(*) < {{ minimum }}
{% endtest %}
