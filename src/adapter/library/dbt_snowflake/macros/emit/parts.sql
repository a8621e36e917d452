{# What `emit` writes otherwise. Tables and views are replaced in one statement; temporary ones stand in the target's schema. #}

{% macro snowflake__emit_make_room(relation) -%}
  {{ 'drop table if exists ' ~ relation if config.get('materialized') == 'seed' }}
{%- endmacro %}

{% macro snowflake__emit_incoming_relation(target) %}
  {%- do return(target.incorporate(path={'identifier': target.identifier ~ '__incoming'})) -%}
{% endmacro %}

{% macro snowflake__emit_text(text) %}{{ return("'" ~ text | replace('\\', '\\\\') | replace("'", "''") ~ "'") }}{% endmacro %}

{# INSERT OVERWRITE replaces the whole table at once. #}
{% macro snowflake__emit_overwrite(target, incoming) %}
  {%- set chosen = config.get('overwrite_columns', []) -%}
  {%- call statement('main') -%}
insert overwrite into {{ target }} {{ '(' ~ chosen | join(', ') ~ ')' if chosen }}
select {{ chosen | join(', ') if chosen else '*' }} from {{ incoming }}
  {%- endcall -%}
{% endmacro %}

{% macro snowflake__emit_moment(moment) %}{{ return("to_timestamp_tz('" ~ moment ~ "')") }}{% endmacro %}
