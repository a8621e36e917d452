{% test at_least(model, n) %}
    {{ config(fail_calc='coalesce(max(missing), 0)', error_if='> 0') }}
    select {{ n }} - count(*) as missing from {{ model }} having count(*) < {{ n }}
{% endtest %}
{% test expression(model, sql, column_name=none) %}
    select * from {{ model }} where not ({{ column_name if column_name else '' }} {{ sql }})
{% endtest %}
