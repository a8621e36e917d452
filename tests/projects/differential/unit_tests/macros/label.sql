{% macro label() %}plain{% endmacro %}
