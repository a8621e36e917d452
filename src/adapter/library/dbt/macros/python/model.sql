{# Python models: the code that comes after the user's, so that `dbt.ref` and its kin work there. #}

{# A relation as text that stands inside a quoted Python string. #}
{% macro resolve_model_name(input_model_name) %}{{ return(adapter.dispatch('resolve_model_name', 'dbt')(input_model_name)) }}{% endmacro %}
{% macro default__resolve_model_name(input_model_name) -%}
  {{ input_model_name | string | replace('"', '\"') }}
{%- endmacro %}

{# A `ref` that looks names up in a table made here. Projects may override `ref` to give plain text. #}
{% macro build_ref_function(model) %}
  {%- set tables = {} -%}
  {%- for wanted in model.refs -%}
    {%- set path = [wanted['name']] if not wanted.get('package') else [wanted['package'], wanted['name']] -%}
    {%- set found = ref(*path, v=wanted.get('version')) -%}
    {%- if found.render is defined and found.render is callable -%}
      {%- set found = found.render() -%}
    {%- endif -%}
    {%- if wanted.get('version') -%}
      {%- do path.append('v' ~ wanted['version']) -%}
    {%- endif -%}
    {%- do tables.update({path | join('.'): resolve_model_name(found)}) -%}
  {%- endfor %}
def ref(*args, **kwargs):
    tables = {{ tables | tojson }}
    version = kwargs.get("v") or kwargs.get("version")
    path = list(args) + ([f"v{version}"] if version else [])
    return kwargs["dbt_load_df_function"](tables[".".join(path)])
{% endmacro %}

{% macro build_source_function(model) %}
  {%- set tables = {} -%}
  {%- for wanted in model.sources -%}
    {%- do tables.update({wanted | join('.'): resolve_model_name(source(*wanted))}) -%}
  {%- endfor %}
def source(*args, dbt_load_df_function):
    tables = {{ tables | tojson }}
    return dbt_load_df_function(tables[".".join(args)])
{% endmacro %}

{# The settings that the user's code asks for; those under `meta` are kept apart, so that none hides another. #}
{% macro build_config_dict(model) %}
  {%- set values = {} -%}
  {%- for key, fallback in zip(model.config.config_keys_used, model.config.config_keys_defaults) | list -%}
    {%- do values.update({key: model.config.get(key, fallback)}) -%}
  {%- endfor -%}
  {%- set meta_values = {} -%}
  {%- if model.config.meta_keys_used -%}
    {%- set meta = model.config.meta or {} -%}
    {%- for key, fallback in zip(model.config.meta_keys_used, model.config.meta_keys_defaults) | list -%}
      {%- do meta_values.update({key: meta[key] if key in meta else fallback}) -%}
    {%- endfor -%}
  {%- endif %}
config_dict = {{ values }}
meta_dict = {{ meta_values }}
{% endmacro %}

{% macro py_script_postfix(model) %}
# What follows was generated: it gives the model above its `dbt` object.
# COMMAND ----------
{{ build_ref_function(model) }}
{{ build_source_function(model) }}
{{ build_config_dict(model) }}

class config:
    def __init__(self, *args, **kwargs):
        pass

    @staticmethod
    def get(key, default=None):
        return config_dict.get(key, default)

    @staticmethod
    def meta_get(key, default=None):
        return meta_dict.get(key, default)


class this:
    """The relation that the model builds; it prints as its quoted name."""
    database = "{{ this.database }}"
    schema = "{{ this.schema }}"
    identifier = "{{ this.identifier }}"
    def __repr__(self):
        return '{{ resolve_model_name(this) }}'


class dbtObj:
    def __init__(self, load_df_function) -> None:
        self.source = lambda *args: source(*args, dbt_load_df_function=load_df_function)
        self.ref = lambda *args, **kwargs: ref(*args, **kwargs, dbt_load_df_function=load_df_function)
        self.config = config
        self.this = this()
        self.is_incremental = {{ is_incremental() }}

# COMMAND ----------
{{ py_script_comment() }}
{% endmacro %}

{# A place for warehouses to say how the code is run by hand. #}
{% macro py_script_comment() %}{% endmacro %}
