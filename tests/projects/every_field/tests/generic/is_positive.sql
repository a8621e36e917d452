{% test is_positive(model, column_name, least=0) %}
  {{ config(severity='warn') }}
select * from {{ model }} where {{ column_name }} < {{ least }}
{% endtest %}

{% test dbt_utils_like_count(model, least) %}
select count(*) as n from {{ model }} having count(*) < {{ least }}
{% endtest %}
