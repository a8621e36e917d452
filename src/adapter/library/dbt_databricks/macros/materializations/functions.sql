{# Functions. Python's version and entry point are the server's choice. #}

{% macro databricks__scalar_function_create_replace_signature_sql(target_relation) %}
  CREATE OR REPLACE FUNCTION {{ target_relation.render() }} ({{ formatted_scalar_function_args_sql() }})
  RETURNS {{ model.returns.data_type }}
  LANGUAGE SQL
{% endmacro %}

{% macro databricks__scalar_function_body_sql() %}
  RETURN
  {{ model.compiled_code }}
{% endmacro %}

{% macro databricks__scalar_function_python(target_relation) %}
  {%- if model.config.get('runtime_version') -%}
    {%- do exceptions.warn("Databricks chooses the Python runtime of a function; 'runtime_version' is ignored") -%}
  {%- endif -%}
  {%- if model.config.get('entry_point') -%}
    {%- do exceptions.warn("Databricks runs the body of a Python function itself; 'entry_point' is ignored") -%}
  {%- endif -%}
  {{ databricks__scalar_function_create_replace_signature_python(target_relation) }}
  {{ databricks__scalar_function_body_python() }}
{% endmacro %}

{% macro databricks__scalar_function_create_replace_signature_python(target_relation) %}
  CREATE OR REPLACE FUNCTION {{ target_relation.render() }} ({{ formatted_scalar_function_args_sql() }})
  RETURNS {{ model.returns.data_type }}
  LANGUAGE PYTHON
  AS
{% endmacro %}

{% macro databricks__scalar_function_body_python() %}
$$
{{ model.compiled_code }}
$$
{% endmacro %}
