{# The name under which MotherDuck runs a Python model: one for each user, so made of package, database, schema and model. #}

{% macro flight_name(parsed_model) %}{{ return(adapter.dispatch('flight_name', 'dbt')(parsed_model)) }}{% endmacro %}
{% macro default__flight_name(parsed_model) %}{{ return(duckdb__flight_name(parsed_model)) }}{% endmacro %}
{% macro duckdb__flight_name(parsed_model) %}
  {%- set parts = ['dbt'] -%}
  {%- for key in ('package_name', 'database', 'schema') if parsed_model.get(key) -%}
    {%- do parts.append(parsed_model.get(key)) -%}
  {%- endfor -%}
  {%- set name = parsed_model.get('alias') or parsed_model.get('name') -%}
  {%- if name -%}{%- do parts.append(name) -%}{%- endif -%}
  {%- do return(parts | join('-')) -%}
{% endmacro %}
