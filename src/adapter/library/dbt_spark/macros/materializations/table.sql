{# Tables. Delta and Iceberg replace in one statement. Of other formats the new table is made beside the old one, unless a place is
   given, which two tables cannot share. #}

{% materialization table, adapter='spark', supported_languages=['sql', 'python'] %}
  {%- set language = model['language'] -%}
  {%- set format = config.get('file_format', validator=validation.any[basestring]) -%}
  {%- set target = api.Relation.create(database=database, schema=schema, identifier=model['alias'], type='table') -%}
  {%- set existing = adapter.get_relation(database=database, schema=schema, identifier=model['alias']) -%}
  {%- set replaces = existing is not none and ((existing.is_delta and format == 'delta') or (existing.is_iceberg and format == 'iceberg')) -%}
  {%- set beside = existing is not none and not replaces and spark__may_build_beside(language, format) -%}

  {%- do run_hooks(pre_hooks) -%}

  {%- set place = target -%}
  {%- if beside -%}
    {%- set place = spark__make_place_beside(target) -%}
  {%- elif not replaces -%}
    {%- do adapter.drop_relation(target.incorporate(type=existing.type if existing is not none else target.type)) -%}
  {%- endif -%}
  {%- call statement('main', language=language) -%}
    {{ create_table_as(False, place, compiled_code, language) }}
  {%- endcall -%}
  {%- if beside -%}
    {%- do adapter.drop_relation(target.incorporate(type=existing.type)) -%}
    {%- do adapter.rename_relation(place, target) -%}
  {%- endif -%}

  {%- do apply_grants(target, config.get('grants'), should_revoke(existing, full_refresh_mode=True)) -%}
  {%- do persist_docs(target, model) -%}
  {%- do persist_constraints(target, model) -%}
  {%- do run_hooks(post_hooks) -%}
  {%- do return({'relations': [target]}) -%}
{% endmaterialization %}

{# Whether a table may be built under another name first: of the plain formats, and where Spark chooses the place. #}
{% macro spark__may_build_beside(language, file_format) %}
  {%- do return(language == 'sql' and file_format in (none, 'parquet', 'orc', 'csv', 'json', 'text') and config.get('location_root') is none) -%}
{% endmacro %}

{# That other name, with nothing left under it. #}
{% macro spark__make_place_beside(target) %}
  {%- set place = make_intermediate_relation(target).incorporate(path={'schema': target.schema}, type='table').include(schema=true) -%}
  {%- do adapter.drop_relation(place) -%}
  {%- do return(place) -%}
{% endmacro %}
