{# Views, as elsewhere, but what stood there may be of a kind that cannot be renamed; then it is dropped in the transaction. #}

{% materialization view, adapter='redshift' %}
  {%- set target = this.incorporate(type='view') -%}
  {%- set existing = load_cached_relation(this) -%}
  {%- set intermediate = make_intermediate_relation(target) -%}
  {%- set backup = make_backup_relation(target, 'view' if existing is none else existing.type) -%}

  {%- do run_hooks(pre_hooks, inside_transaction=False) -%}
  {%- do drop_relation_if_exists(load_cached_relation(intermediate)) -%}
  {%- do drop_relation_if_exists(load_cached_relation(backup)) -%}
  {%- do run_hooks(pre_hooks, inside_transaction=True) -%}

  {%- call statement('main') -%}
    {{ get_create_view_as_sql(intermediate, sql) }}
  {%- endcall -%}

  {%- if existing is not none -%}
    {%- set existing = load_cached_relation(existing) -%}
  {%- endif -%}
  {%- if existing is not none and existing.can_be_renamed -%}
    {%- do adapter.rename_relation(existing, backup) -%}
  {%- else -%}
    {%- do drop_relation_if_exists(existing) -%}
  {%- endif -%}
  {%- do adapter.rename_relation(intermediate, target) -%}

  {%- do apply_grants(target, config.get('grants'), should_revoke=should_revoke(existing, full_refresh_mode=True)) -%}
  {%- do persist_docs(target, model) -%}
  {%- do run_hooks(post_hooks, inside_transaction=True) -%}
  {%- do adapter.commit() -%}

  {%- do drop_relation_if_exists(backup) -%}
  {%- do run_hooks(post_hooks, inside_transaction=False) -%}
  {%- do return({'relations': [target]}) -%}
{% endmaterialization %}
