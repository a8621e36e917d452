{% macro make_raw() %}
    {% do run_query("create schema if not exists raw") %}
    {% do run_query("create or replace table raw.orders as select 1 as id, timestamp '2020-01-01 00:00:00' as loaded_at union all select 2, timestamp '2020-01-02 00:00:00'") %}
    {% do run_query("create or replace table raw.\"Customer Table\" as select 7 as id, cast(now() as timestamp) as loaded_at") %}
    {% do run_query("create or replace table raw.empty_one (id integer, loaded_at timestamp)") %}
{% endmacro %}
