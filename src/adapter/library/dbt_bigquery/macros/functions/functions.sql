{# Functions in SQL, Python and JavaScript. SQL and Python know no volatility. #}

{% macro bigquery__scalar_function_create_replace_signature_sql(target_relation) %}
  CREATE OR REPLACE FUNCTION {{ target_relation.render() }} ({{ formatted_scalar_function_args_sql() }})
  RETURNS {{ model.returns.data_type }}
  {{ scalar_function_volatility_sql() }}
  AS
{% endmacro %}

{% macro bigquery__scalar_function_body_sql() %}
  (
    {{ model.compiled_code }}
  )
{% endmacro %}

{% macro bigquery__scalar_function_volatility_sql() %}
  {%- set volatility = model.config.get('volatility') -%}
  {%- if volatility is not none -%}{%- do unsupported_volatility_warning(volatility) -%}{%- endif -%}
{% endmacro %}

{% macro bigquery__scalar_function_volatility_javascript() %}
  {%- set volatility = model.config.get('volatility') -%}
  {%- set keywords = {'deterministic': 'DETERMINISTIC', 'non-deterministic': 'NOT DETERMINISTIC'} -%}
  {%- if volatility in keywords -%}
    {{ keywords[volatility] }}
  {%- elif volatility is not none -%}
    {%- do unsupported_volatility_warning(volatility) -%}
  {%- endif -%}
{% endmacro %}

{# Code in other languages stands in a raw text. #}
{% macro bigquery__get_function_body() %}
  r'''
{{ model.compiled_code }}
  '''
{% endmacro %}

{% macro bigquery__get_function_python_options() %}
  {%- set packages = model.config.get('packages') -%}
  OPTIONS(
    runtime_version = "python-{{ model.config.get('runtime_version') }}",
    entry_point = "{{ model.config.get('entry_point') }}"
    {{- ", packages = ['" ~ packages | join("', '") ~ "']" if packages }}
  )
{% endmacro %}

{% macro bigquery__scalar_function_python(target_relation) %}
  {{ bigquery__scalar_function_create_replace_signature_python(target_relation) }}
  {{ bigquery__get_function_body() }}
{% endmacro %}

{% macro bigquery__scalar_function_create_replace_signature_python(target_relation) %}
  CREATE OR REPLACE FUNCTION {{ target_relation.render() }} ({{ formatted_scalar_function_args_sql() }})
  RETURNS {{ model.returns.data_type }}
  LANGUAGE python
  {{ get_function_python_options() }}
  {{ scalar_function_volatility_sql() }}
  AS
{% endmacro %}

{% macro bigquery__scalar_function_javascript(target_relation) %}
  {{ bigquery__scalar_function_create_replace_signature_javascript(target_relation) }}
  {{ bigquery__get_function_body() }}
{% endmacro %}

{% macro bigquery__scalar_function_create_replace_signature_javascript(target_relation) %}
  CREATE OR REPLACE FUNCTION {{ target_relation.render() }} ({{ formatted_scalar_function_args_sql() }})
  RETURNS {{ model.returns.data_type }}
  {{ scalar_function_volatility_javascript() }}
  LANGUAGE js
  AS
{% endmacro %}

{% macro bigquery__aggregate_function_sql(target_relation) %}
  {{ get_aggregate_function_create_replace_signature(target_relation) }}
  {{ scalar_function_body_sql() }}
{% endmacro %}

{% macro bigquery__aggregate_function_javascript(target_relation) %}
  {{ get_aggregate_function_create_replace_signature(target_relation) }}
  {{ bigquery__get_function_body() }}
{% endmacro %}
