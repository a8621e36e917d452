{# Which schema a node is built in. Projects often redefine generate_schema_name. #}

{% macro generate_schema_name(custom_schema_name=none, node=none) -%}
  {{ return(adapter.dispatch('generate_schema_name', 'dbt')(custom_schema_name, node)) }}
{%- endmacro %}

{# The target's schema; a configured one is appended to it, so developers never collide. #}
{% macro default__generate_schema_name(custom_schema_name, node) -%}
  {{ target.schema }}{% if custom_schema_name is not none %}_{{ custom_schema_name | trim }}{% endif %}
{%- endmacro %}

{# Ready-made alternative: configured schemas count in the target named `prod` alone. #}
{% macro generate_schema_name_for_env(custom_schema_name, node) -%}
  {%- set use_custom = target.name == 'prod' and custom_schema_name is not none -%}
  {{ custom_schema_name | trim if use_custom else target.schema }}
{%- endmacro %}
