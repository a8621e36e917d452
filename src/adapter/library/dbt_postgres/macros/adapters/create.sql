{# CREATE TABLE AS, `unlogged` tables among them. #}

{# A contract's table is made first, with its constraints, and filled after. #}
{% macro postgres__create_table_as(temporary, relation, sql) %}
  {%- set header = config.get('sql_header', none) -%}
  {%- set contract = config.get('contract').enforced -%}
  {%- set kind = 'temporary' if temporary else ('unlogged' if config.get('unlogged', default=false) else '') -%}
  {%- if contract -%}
    {%- do get_assert_columns_equivalent(sql) -%}
  {%- endif -%}
  {{ header if header is not none }}
  create {{ kind }} table {{ relation }}
  {%- if contract and not temporary %}
  {{ get_table_columns_and_constraints() }};
  insert into {{ relation }} ({{ adapter.dispatch('get_column_names', 'dbt')() }})
  (
    {{ get_select_subquery(sql) }}
  );
  {%- else %}
  as (
    {{ sql }}
  );
  {%- endif %}
{% endmacro %}

{% macro postgres__get_replace_table_sql(relation, sql) %}
  {%- set header = config.get('sql_header', none) -%}
  {{ header if header is not none }}
  create or replace table {{ relation }}
  {%- if config.get('contract').enforced -%}
    {%- do get_assert_columns_equivalent(sql) %}
  {{ get_table_columns_and_constraints() }}
    {%- set sql = get_select_subquery(sql) -%}
  {%- endif %}
  as (
    {{ sql }}
  );
{% endmacro %}

{% macro postgres__get_replace_view_sql(relation, sql) %}
  {%- set header = config.get('sql_header', none) -%}
  {%- if config.get('contract').enforced -%}
    {%- do get_assert_columns_equivalent(sql) -%}
  {%- endif -%}
  {{ header if header is not none }}
  create or replace view {{ relation }} as (
    {{ sql }}
  );
{% endmacro %}
