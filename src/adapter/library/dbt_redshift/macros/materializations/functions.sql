{# Functions: arguments have types and no names, and a volatility is required. #}

{% macro redshift__scalar_function_create_replace_signature_sql(target_relation) %}
  CREATE OR REPLACE FUNCTION {{ target_relation.render() }} ({{ formatted_scalar_function_args_sql() }})
  RETURNS {{ model.returns.data_type }}
  {{ scalar_function_volatility_sql() }}
  AS
{% endmacro %}

{% macro redshift__formatted_scalar_function_args_sql() %}{{ model.arguments | map(attribute='data_type') | join(', ') }}{% endmacro %}

{% macro redshift__scalar_function_volatility_sql() %}
  {%- set volatility = model.config.get('volatility') -%}
  {%- set keywords = {'deterministic': 'IMMUTABLE', 'stable': 'STABLE', 'non-deterministic': 'VOLATILE'} -%}
  {%- if volatility is not none and volatility not in keywords -%}
    {%- do unsupported_volatility_warning(volatility) -%}
  {%- endif -%}
  {{ keywords.get(volatility, 'VOLATILE') }}
{%- endmacro %}
