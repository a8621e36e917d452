{# Copies and clones of tables. #}

{# The model's refs and sources, appended into one table by copy jobs. #}
{% materialization copy, adapter='bigquery' %}
  {%- do run_hooks(pre_hooks) -%}
  {%- set target = this.incorporate(type='table') -%}
  {%- set inputs = [] -%}
  {%- for wanted in model.refs -%}
    {%- do inputs.append(ref(wanted.get('package'), wanted.name, version=wanted.get('version'))) -%}
  {%- endfor -%}
  {%- for wanted in model.sources -%}
    {%- do inputs.append(source(*wanted)) -%}
  {%- endfor -%}
  {%- set response = adapter.copy_table(inputs, target, config.get('copy_materialization', default='table')) -%}
  {%- do store_result('main', response=response) -%}
  {%- do run_hooks(post_hooks) -%}
  {%- do apply_grants(target, config.get('grants'), should_revoke=True) -%}
  {%- do adapter.commit() -%}
  {%- do return({'relations': [target]}) -%}
{% endmaterialization %}

{% macro bigquery__can_clone_table() %}{{ return(True) }}{% endmacro %}

{% macro bigquery__create_or_replace_clone(this_relation, defer_relation) -%}
  drop table if exists {{ this_relation }};
  create or replace table {{ this_relation }} clone {{ defer_relation }};
{%- endmacro %}
