{# Clones of Delta tables, which share their files with the original. #}

{% macro spark__can_clone_table() %}{{ return(True) }}{% endmacro %}

{% macro spark__create_or_replace_clone(this_relation, defer_relation) -%}
  create or replace table {{ this_relation }} shallow clone {{ defer_relation }}
{%- endmacro %}

{% materialization clone, adapter='spark' %}
  {%- if not defer_relation -%}
    {%- do log('No relation found in state manifest for ' ~ model.unique_id, info=True) -%}
    {%- do return({'relations': []}) -%}
  {%- endif -%}
  {%- set existing = load_cached_relation(this) -%}
  {%- if existing and not flags.FULL_REFRESH -%}
    {%- do log('Relation ' ~ existing ~ ' already exists', info=True) -%}
    {%- do return({'relations': []}) -%}
  {%- endif -%}

  {%- set format = config.get('file_format', validator=validation.any[basestring]) -%}
  {%- if format != 'delta' -%}
    {%- do exceptions.raise_compiler_error("Invalid file format: " ~ format ~ "\nOnly delta tables can be cloned") -%}
  {%- endif -%}
  {%- set original = load_cached_relation(defer_relation) -%}
  {%- if not (original and original.type == 'table' and can_clone_table()) -%}
    {# The view materialization does the work. #}
    {%- set own_view = 'materialization_view_' ~ adapter.type() -%}
    {%- do return(context[own_view if own_view in context else 'materialization_view_default']()) -%}
  {%- endif -%}

  {%- set target = this.incorporate(type='table') -%}
  {%- if existing is not none and not existing.is_table -%}
    {%- do log('Dropping relation ' ~ existing ~ ' because it is of type ' ~ existing.type) -%}
    {%- do drop_relation_if_exists(existing) -%}
  {%- endif -%}
  {%- call statement('main') -%}
    {{ create_or_replace_clone(target, defer_relation) }}
  {%- endcall -%}
  {%- do apply_grants(target, config.get('grants'), should_revoke=should_revoke(existing, full_refresh_mode=True)) -%}
  {%- do persist_docs(target, model) -%}
  {%- do return({'relations': [target]}) -%}
{% endmaterialization %}
