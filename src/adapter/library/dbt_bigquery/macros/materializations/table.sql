{# Tables, replaced in one statement. What cannot be replaced, a view or a table of another layout, stays until the new table
   stands beside it. #}

{% materialization table, adapter='bigquery', supported_languages=['sql', 'python'] %}
  {%- set language = model['language'] -%}
  {%- set target = api.Relation.create(database=database, schema=schema, identifier=model['alias'], type='table') -%}
  {%- set existing = adapter.get_relation(database=database, schema=schema, identifier=model['alias']) -%}
  {%- set partitioning = adapter.parse_partition_by(config.get('partition_by', none)) -%}
  {%- set in_the_way = existing is not none and not (existing.is_table and adapter.is_replaceable(existing, partitioning, config.get('cluster_by', none))) -%}
  {%- set beside = in_the_way and bigquery__may_build_beside(language) -%}

  {%- do run_hooks(pre_hooks) -%}

  {%- if in_the_way and not beside -%}
    {%- do log('Hard refreshing ' ~ existing ~ ' because it is not replaceable') -%}
    {%- do adapter.drop_relation(existing) -%}
  {%- endif -%}
  {%- set place = make_intermediate_relation(target) if beside else target -%}
  {%- call statement('main', language=language) -%}
    {{ create_table_as(False, place, compiled_code, language) }}
  {%- endcall -%}
  {%- if beside -%}
    {%- do bigquery__put_in_place(existing, place, target) -%}
  {%- endif -%}

  {%- do run_hooks(post_hooks) -%}
  {%- do apply_grants(target, config.get('grants'), should_revoke(existing, full_refresh_mode=True)) -%}
  {%- do persist_docs(target, model) -%}
  {%- do return({'relations': [target]}) -%}
{% endmaterialization %}

{# Whether a table may be built under another name first. Renaming is for plain tables without keys, which only contracts give. #}
{% macro bigquery__may_build_beside(language) %}
  {%- do return(language == 'sql' and not config.get('contract').enforced and adapter.build_catalog_relation(config.model).table_format != 'iceberg') -%}
{% endmacro %}

{# Gives a table that was built beside the name of the one it replaces. #}
{% macro bigquery__put_in_place(existing, place, target) %}
  {%- do log('Hard refreshing ' ~ existing ~ ' because it is not replaceable') -%}
  {%- do adapter.drop_relation(existing) -%}
  {%- call statement('rename_relation') -%}
    {{ bigquery__get_rename_table_sql(place, adapter.quote(target.identifier)) }}
  {%- endcall -%}
  {%- do adapter.cache_renamed(place, target) -%}
{% endmacro %}
