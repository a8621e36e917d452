{# Tables, replaced in one statement. #}

{% materialization table, adapter='snowflake', supported_languages=['sql', 'python'] %}
  {%- set tag = set_query_tag() -%}
  {%- set language = model['language'] -%}
  {%- set existing = adapter.get_relation(database=database, schema=schema, identifier=model['alias']) -%}
  {%- set format = adapter.build_catalog_relation(config.model).table_format -%}
  {%- set target = api.Relation.create(database=database, schema=schema, identifier=model['alias'], type='table', table_format=format) -%}

  {%- do run_hooks(pre_hooks) -%}

  {# A view, or a table of another format, cannot be replaced. #}
  {%- if target.needs_to_drop(existing) -%}
    {%- do drop_relation_if_exists(existing) -%}
  {%- endif -%}
  {%- call statement('main', language=language) -%}
    {{ create_table_as(False, target, compiled_code, language) }}
  {%- endcall -%}

  {%- do run_hooks(post_hooks) -%}
  {%- do apply_grants(target, config.get('grants'), should_revoke=should_revoke(existing, full_refresh_mode=True)) -%}
  {%- do persist_docs(target, model) -%}
  {%- do unset_query_tag(tag) -%}
  {%- do return({'relations': [target]}) -%}
{% endmaterialization %}
