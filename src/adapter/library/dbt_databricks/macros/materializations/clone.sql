{# Clones, which share their files with the original. #}

{% macro databricks__can_clone_table() %}{{ return(True) }}{% endmacro %}

{% macro databricks__create_or_replace_clone(this_relation, defer_relation) -%}
  create or replace table {{ this_relation.render() }} shallow clone {{ defer_relation.render() }}
{%- endmacro %}

{# Of an external table: the clone needs a place too. #}
{% macro create_or_replace_clone_external(this_relation, defer_relation) -%}
  create or replace table {{ this_relation.render() }} shallow clone {{ defer_relation.render() }}
  {{ location_clause(adapter.build_catalog_relation(config.model)) }}
{%- endmacro %}

{# What a clone cannot replace in place: all but clones, and tables of Hive's metastore, whose kind is unknown and whose history
   a drop would end. #}
{% macro clone_requires_drop(existing_relation) %}
  {%- if existing_relation is none -%}
    {%- do return(False) -%}
  {%- elif not existing_relation.is_table -%}
    {%- do return(True) -%}
  {%- endif -%}
  {%- do return(not existing_relation.is_shallow_clone and existing_relation.databricks_table_type is not none) -%}
{% endmacro %}

{% materialization clone, adapter='databricks' %}
  {%- if not defer_relation -%}
    {%- do log('No relation found in state manifest for ' ~ model.unique_id, info=True) -%}
    {%- do return({'relations': []}) -%}
  {%- endif -%}
  {%- set existing = load_cached_relation(this) -%}
  {%- if existing and not flags.FULL_REFRESH -%}
    {%- do log('Relation ' ~ existing ~ ' already exists', info=True) -%}
    {%- do return({'relations': []}) -%}
  {%- endif -%}
  {%- set original = load_cached_relation(defer_relation) -%}
  {%- if not (original and original.type == 'table' and can_clone_table()) -%}
    {# The view materialization does the work. #}
    {%- set own_view = 'materialization_view_' ~ adapter.type() -%}
    {%- do return(context[own_view if own_view in context else 'materialization_view_default']()) -%}
  {%- endif -%}

  {%- set target = this.incorporate(type='table') -%}
  {%- if clone_requires_drop(existing) -%}
    {%- do log('Dropping relation ' ~ existing ~ ', which a shallow clone cannot replace in place (table type ' ~ existing.databricks_table_type ~ ')') -%}
    {%- do drop_relation_if_exists(existing) -%}
  {%- endif -%}
  {%- call statement('main') -%}
    {{ create_or_replace_clone_external(target, defer_relation) if original.is_external_table else create_or_replace_clone(target, defer_relation) }}
  {%- endcall -%}
  {%- do apply_grants(target, config.get('grants'), should_revoke=should_revoke(existing, full_refresh_mode=True)) -%}
  {%- do persist_docs(target, model) -%}
  {%- do return({'relations': [target]}) -%}
{% endmaterialization %}
