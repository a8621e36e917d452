{% macro m(a, b=1) %}{{ a }}{% endmacro %}
