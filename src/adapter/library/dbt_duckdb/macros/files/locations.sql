{# Where external models put their files, and what is written with them. #}

{% macro location_exists(location) %}{{ return(adapter.location_exists(location)) }}{% endmacro %}

{# The default: a file named after the model in the profile's folder; a folder when the data is partitioned. #}
{% macro external_location(relation, config) %}
  {%- set partitioned = config.get('options', {}).get('partition_by') is not none -%}
  {{ adapter.external_root() }}/{{ relation.identifier }}{{ '.' ~ config.get('format', 'parquet') if not partitioned }}
{%- endmacro %}

{% macro write_to_file(relation, location, options) %}
  {%- call statement('write_to_file') -%}
    copy {{ relation }} to '{{ location }}' ({{ options }})
  {%- endcall -%}
{% endmacro %}

{# Hands the finished table to a plugin. #}
{% macro store_relation(plugin, relation, location, format, config) %}
  {%- do adapter.store_relation(plugin, relation, adapter.get_columns_in_relation(relation), location, format, config) -%}
{% endmacro %}

{# The options of a COPY, each rendered; `format` and `delimiter` may stand beside them. #}
{% macro render_write_options(config) %}
  {%- set options = config.get('options', {}) -%}
  {%- if options is not mapping -%}
    {%- do exceptions.raise_compiler_error('The options argument must be a dictionary') -%}
  {%- endif -%}
  {%- for key in options | list -%}
    {%- do options.update({key: render(options[key])}) -%}
  {%- endfor -%}
  {%- for key in ('format', 'delimiter') if config.get(key) -%}
    {%- do options.update({key: render(config.get(key))}) -%}
  {%- endfor -%}
  {%- do return(options) -%}
{% endmacro %}
