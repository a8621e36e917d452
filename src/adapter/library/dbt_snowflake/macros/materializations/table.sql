{# Tables, replaced in one statement. What cannot be replaced, a view or a table of another format, stays until the new table
   stands beside it; Iceberg's catalogs do not let it. #}

{% materialization table, adapter='snowflake', supported_languages=['sql', 'python'] %}
  {%- set tag = set_query_tag() -%}
  {%- set language = model['language'] -%}
  {%- set existing = adapter.get_relation(database=database, schema=schema, identifier=model['alias']) -%}
  {%- set format = adapter.build_catalog_relation(config.model).table_format -%}
  {%- set target = api.Relation.create(database=database, schema=schema, identifier=model['alias'], type='table', table_format=format) -%}

  {%- do run_hooks(pre_hooks) -%}

  {%- set in_the_way = target.needs_to_drop(existing) -%}
  {%- set beside = in_the_way and language == 'sql' and not target.is_iceberg_format -%}
  {%- if in_the_way and not beside -%}
    {%- do drop_relation_if_exists(existing) -%}
  {%- endif -%}
  {%- set place = make_intermediate_relation(target) if beside else target -%}
  {%- call statement('main', language=language) -%}
    {{ create_table_as(False, place, compiled_code, language) }}
  {%- endcall -%}
  {%- if beside -%}
    {%- do drop_relation_if_exists(existing) -%}
    {%- do adapter.rename_relation(place, target) -%}
  {%- endif -%}

  {%- do run_hooks(post_hooks) -%}
  {%- do apply_grants(target, config.get('grants'), should_revoke=should_revoke(existing, full_refresh_mode=True)) -%}
  {%- do persist_docs(target, model) -%}
  {%- do unset_query_tag(tag) -%}
  {%- do return({'relations': [target]}) -%}
{% endmaterialization %}
