{# The clauses of a CREATE TABLE that the config turns on: format, options, properties, layout, place, comment. #}

{% macro file_format_clause() %}{{ return(adapter.dispatch('file_format_clause', 'dbt')()) }}{% endmacro %}
{% macro spark__file_format_clause() %}
  {%- set format = config.get('file_format', validator=validation.any[basestring]) -%}
  {{ 'using ' ~ format if format is not none }}
{%- endmacro %}

{% macro location_clause() %}{{ return(adapter.dispatch('location_clause', 'dbt')()) }}{% endmacro %}
{% macro spark__location_clause() %}
  {%- set root = config.get('location_root', validator=validation.any[basestring]) -%}
  {{ "location '" ~ root ~ '/' ~ model['alias'] ~ "'" if root is not none }}
{%- endmacro %}

{% macro tblproperties_clause() %}{{ return(adapter.dispatch('tblproperties_clause', 'dbt')()) }}{% endmacro %}
{% macro spark__tblproperties_clause() %}
  {%- set properties = config.get('tblproperties') -%}
  {%- if properties is not none -%}
    tblproperties ( {% for key, value in properties.items() %}'{{ key }}' = '{{ value }}'{{ ', ' if not loop.last }}{% endfor %} )
  {%- endif -%}
{% endmacro %}

{# Hudi names its key in the options; it has to be the model's. #}
{% macro options_clause() %}{{ return(adapter.dispatch('options_clause', 'dbt')()) }}{% endmacro %}
{% macro spark__options_clause() %}
  {%- set options = config.get('options') -%}
  {%- set key = config.get('unique_key') -%}
  {%- if config.get('file_format') == 'hudi' -%}
    {%- if options is not none and 'primaryKey' in options and options['primaryKey'] != key -%}
      {%- do exceptions.raise_compiler_error("unique_key and options('primaryKey') should be the same column(s).") -%}
    {%- elif key is not none -%}
      {%- set options = options if options is not none else {} -%}
      {%- do options.update({'primaryKey': key}) -%}
    {%- endif -%}
  {%- endif -%}
  {%- if options is not none -%}
    options ( {% for name, value in options.items() %}{{ name }} "{{ value }}"{{ ', ' if not loop.last }}{% endfor %} )
  {%- endif -%}
{% endmacro %}

{% macro comment_clause() %}{{ return(adapter.dispatch('comment_clause', 'dbt')()) }}{% endmacro %}
{% macro spark__comment_clause() %}
  {%- set persisted = config.get('persist_docs', {}) -%}
  {%- if persisted is mapping and persisted.get('relation', false) -%}
    comment '{{ model.description | replace("'", "\\'") }}'
  {%- elif persisted and persisted is not mapping -%}
    {%- do exceptions.raise_compiler_error("'persist_docs' takes a dictionary, not " ~ persisted) -%}
  {%- endif -%}
{% endmacro %}

{% macro partition_cols(label, required=false) %}{{ return(adapter.dispatch('partition_cols', 'dbt')(label, required)) }}{% endmacro %}
{% macro spark__partition_cols(label, required=false) %}
  {%- set columns = config.get('partition_by', validator=validation.any[list, basestring]) -%}
  {%- if columns is not none -%}
    {{ label }} ({{ columns if columns is string else columns | join(',') }})
  {%- endif -%}
{% endmacro %}

{% macro clustered_cols(label, required=false) %}{{ return(adapter.dispatch('clustered_cols', 'dbt')(label, required)) }}{% endmacro %}
{% macro spark__clustered_cols(label, required=false) %}
  {%- set columns = config.get('clustered_by', validator=validation.any[list, basestring]) -%}
  {%- set buckets = config.get('buckets', validator=validation.any[int]) -%}
  {%- if columns is not none and buckets is not none -%}
    {{ label }} ({{ columns if columns is string else columns | join(',') }}) into {{ buckets }} buckets
  {%- endif -%}
{% endmacro %}
