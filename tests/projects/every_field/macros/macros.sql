{% macro shout_local(word) %}'{{ word | upper }}'{% endmacro %}

{# A hook. #}
{%- macro finish_run() -%}
  select {{ shout_local('done') }} as finished
{%- endmacro %}

{% macro make_raw_tables() %}
create schema if not exists raw;
create or replace table raw.orders_2024 as
    select * from (values (1, 'de', timestamp '2024-01-01'), (2, 'fr', timestamp '2024-01-02')) as t(id, country, loaded_at);
create or replace table raw.customers as
    select * from (values (1, 'Ann', timestamp '2024-01-01')) as t(id, name, created_at);
{% endmacro %}

{% materialization noop_table, adapter='duckdb', supported_languages=['sql', 'python'] %}
  {{ return({'relations': []}) }}
{% endmaterialization %}
