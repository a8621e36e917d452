{% macro default__number() %}4{% endmacro %}
{% macro quoted(x) %}{{ return(adapter.dispatch('quoted', macro_namespace='other')(x)) }}{% endmacro %}
{% macro default__quoted(x) %}'{{ x }}'{% endmacro %}
{% macro generate_schema_name(custom_schema_name, node) %}{{ default__generate_schema_name(custom_schema_name, node) ~ ('_' ~ node.package_name if node.package_name != project_name) }}{% endmacro %}
