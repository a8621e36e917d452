{% macro raises() %}{% do exceptions.raise_compiler_error('raised') %}{% endmacro %}
