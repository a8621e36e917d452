{% macro duckdb__number() %}30{% endmacro %}
{% macro duckdb__quoted(x) %}'other {{ x }}'{% endmacro %}
