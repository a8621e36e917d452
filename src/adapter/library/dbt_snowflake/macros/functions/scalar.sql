{# Scalar functions in SQL, Python and JavaScript. Arguments may have defaults. #}

{% macro snowflake__scalar_function_create_replace_signature_sql(target_relation) %}
  CREATE OR REPLACE FUNCTION {{ target_relation.render() }} ({{ formatted_scalar_function_args_sql() }})
  RETURNS {{ model.returns.data_type }}
  LANGUAGE SQL
  {{ scalar_function_volatility_sql() }}
  AS
{% endmacro %}

{% macro snowflake__scalar_function_body_sql() %}
  $$
{{ model.compiled_code }}
  $$
{% endmacro %}

{% macro snowflake__formatted_scalar_function_args_sql() %}
  {%- for arg in model.arguments -%}
    {%- set fallback = arg.get('default_value', none) -%}
    {{ arg.name }} {{ arg.data_type }}{{ ' DEFAULT ' ~ fallback if fallback is not none }}{{ ', ' if not loop.last }}
  {%- endfor -%}
{% endmacro %}

{% macro snowflake__scalar_function_volatility_sql() %}
  {%- set volatility = model.config.get('volatility') -%}
  {%- set keywords = {'deterministic': 'IMMUTABLE', 'non-deterministic': 'VOLATILE'} -%}
  {%- if volatility in keywords -%}
    {{ keywords[volatility] }}
  {%- elif volatility is not none -%}
    {%- do unsupported_volatility_warning(volatility) -%}
  {%- endif -%}
{% endmacro %}

{% macro snowflake__scalar_function_python(target_relation) %}
  {{ snowflake__scalar_function_create_replace_signature_python(target_relation) }}
  {{ scalar_function_body_sql() }}
{% endmacro %}

{% macro snowflake__scalar_function_create_replace_signature_python(target_relation) %}
  CREATE OR REPLACE FUNCTION {{ target_relation.render() }} ({{ formatted_scalar_function_args_sql() }})
  RETURNS {{ model.returns.data_type }}
  LANGUAGE PYTHON
  {{ scalar_function_volatility_sql() }}
  {{ get_function_python_options() }}
  AS
{% endmacro %}

{% macro snowflake__scalar_function_javascript(target_relation) %}
  {{ snowflake__scalar_function_create_replace_signature_javascript(target_relation) }}
  {{ scalar_function_body_sql() }}
{% endmacro %}

{% macro snowflake__scalar_function_create_replace_signature_javascript(target_relation) %}
  CREATE OR REPLACE FUNCTION {{ target_relation.render() }} ({{ formatted_scalar_function_args_javascript() }})
  RETURNS {{ model.returns.data_type }}
  LANGUAGE JAVASCRIPT
  {{ scalar_function_volatility_sql() }}
  AS
{% endmacro %}

{# JavaScript sees unquoted names in upper case, so they are quoted unless the config says otherwise. #}
{% macro snowflake__formatted_scalar_function_args_javascript() %}
  {%- set quoted = model.config.get('snowflake', {}).get('quote_args', true) -%}
  {%- for arg in model.arguments -%}
    {%- set fallback = arg.get('default_value', none) -%}
    {{ adapter.quote(arg.name) if quoted else arg.name }} {{ arg.data_type }}{{ ' DEFAULT ' ~ fallback if fallback is not none }}{{ ', ' if not loop.last }}
  {%- endfor -%}
{% endmacro %}

{% macro snowflake__aggregate_function_python(target_relation) %}
  {{ get_aggregate_function_create_replace_signature(target_relation) }}
  {{ scalar_function_body_sql() }}
{% endmacro %}

{% macro snowflake__aggregate_function_javascript(target_relation) %}
  {%- do exceptions.raise_compiler_error('Snowflake has no aggregate functions in JavaScript') -%}
{% endmacro %}
