{% macro cents_to_units(column) %}round({{ column }} / 100.0, 2){% endmacro %}
