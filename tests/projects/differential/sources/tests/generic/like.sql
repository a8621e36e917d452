{% test dbt_utils_like(model) %}
select * from {{ model }} where id < 0
{% endtest %}
