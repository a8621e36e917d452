{# Views over the files of external models that this run reads but does not build: a fresh database has none of them yet. #}

{% macro register_upstream_external_models() %}
  {%- if execute -%}
    {%- set seen = [] -%}
    {%- set schemas = [] -%}
    {%- for selected in selected_resources if selected in graph['nodes'] -%}
      {%- for parent in graph['nodes'][selected]['depends_on']['nodes'] if parent not in seen and parent not in selected_resources -%}
        {%- do seen.append(parent) -%}
        {%- set node = graph['nodes'].get(parent) -%}
        {%- if node and node.resource_type in ('model', 'seed') and node.config.materialized == 'external' -%}
          {%- set relation = api.Relation.create(database=node['database'], schema=node['schema'], identifier=node['alias']) -%}
          {%- set location = node.config.get('location', external_location(relation, node.config)) -%}
          {%- set readable = adapter.external_read_location(location, render_write_options(node.config)) -%}
          {%- if relation.schema not in schemas -%}
            {%- do schemas.append(relation.schema) -%}
            {%- call statement('main', language='sql') -%}
              create schema if not exists {{ relation.without_identifier() }}
            {%- endcall -%}
          {%- endif -%}
          {%- call statement('main', language='sql') -%}
            create or replace view {{ relation }} as (select * from '{{ readable }}');
          {%- endcall -%}
        {%- endif -%}
      {%- endfor -%}
    {%- endfor -%}
    {%- if schemas -%}
      {%- do adapter.commit() -%}
    {%- endif -%}
  {%- endif -%}
{% endmacro %}
