{# What `emit` writes otherwise. Tables and views are replaced in one statement, descriptions are among their options, and a
   seed's values are cast: text does not become anything else by itself. #}

{% macro bigquery__emit_make_room(relation) -%}
  {{ 'drop table if exists ' ~ relation if config.get('materialized') == 'seed' }}
{%- endmacro %}

{% macro bigquery__emit_incoming_relation(target) %}
  {%- do return(target.incorporate(path={'identifier': target.identifier ~ '__incoming'})) -%}
{% endmacro %}

{% macro bigquery__emit_key_in(keys, incoming) -%}
  {%- if keys | length == 1 -%}
    {{ keys[0] }} in (select {{ keys[0] }} from {{ incoming }})
  {%- else -%}
    ({{ keys | join(', ') }}) in (select ({{ keys | join(', ') }}) from {{ incoming }})
  {%- endif -%}
{%- endmacro %}

{# The partitions that the config lists, or those of the new rows, make room. #}
{% macro bigquery__emit_overwrite(target, incoming) %}
  {%- set partition_by = adapter.parse_partition_by(config.get('partition_by', none)) -%}
  {%- if partition_by is none -%}
    {%- do exceptions.raise_compiler_error("The strategy 'insert_overwrite' needs the config `partition_by`") -%}
  {%- endif -%}
  {%- set partition = partition_by.render_wrapped() -%}
  {%- set listed = config.get('partitions', none) -%}
  {%- do emit_replace(target, incoming, partition ~ ' in (' ~ (listed | join(', ') if listed else 'select distinct ' ~ partition ~ ' from ' ~ incoming) ~ ')') -%}
{% endmacro %}

{# A batch is a partition. #}
{% macro bigquery__emit_batch(target, incoming) %}{% do emit_overwrite(target, incoming) %}{% endmacro %}

{% macro bigquery__emit_seed_slot(type) %}{{ return('cast(%s as ' ~ type ~ ')') }}{% endmacro %}

{% macro bigquery__emit_docs(target) %}{% endmacro %}
