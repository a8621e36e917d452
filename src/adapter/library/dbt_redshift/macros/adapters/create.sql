{# CREATE TABLE AS with distribution and sort keys, and views bound late. #}

{# `dist`: all, even, auto, or the column to distribute by. #}
{% macro dist(dist) %}
  {%- if dist is not none -%}
    {%- if dist is not string -%}
      {%- do exceptions.raise_compiler_error("The 'dist' config must be a single value (e.g. dist: primary_key): one column, or one of all, even, auto.") -%}
    {%- endif -%}
    {%- set style = dist.strip() | lower -%}
    {%- if style in ('all', 'even') -%}
      diststyle {{ style }}
    {%- elif style != 'auto' -%}
      diststyle key distkey ({{ style }})
    {%- endif -%}
  {%- endif -%}
{% endmacro %}

{% macro sort(sort_type, sort) %}
  {%- if sort is not none -%}
    {{ sort_type or 'compound' }} sortkey({{ sort if sort is string else sort | join(',') }})
  {%- endif -%}
{% endmacro %}

{# With a contract the table is made first, with its constraints, and filled after. #}
{% macro redshift__create_table_as(temporary, relation, sql) %}
  {%- set header = config.get('sql_header', none) -%}
  {%- set sort_type = config.get('sort_type', validator=validation.any['compound', 'interleaved']) -%}
  {%- set sort_keys = config.get('sort', validator=validation.any[list, basestring]) -%}
  {%- set name = relation.include(database=(not temporary), schema=(not temporary)) -%}
  {%- set storage -%}
    {{ 'backup no' if config.get('backup') == false }} {{ dist(config.get('dist')) }} {{ sort(sort_type, sort_keys) }}
  {%- endset -%}
  {{ header if header is not none }}
  create {{ 'temporary' if temporary }} table {{ name }}
  {%- if config.get('contract').enforced %}
  {{ get_table_columns_and_constraints() }}
  {%- do get_assert_columns_equivalent(sql) %}
  {{ storage }};
  insert into {{ name }} (
    {{ get_select_subquery(sql) }}
  );
  {%- else %}
  {{ storage }}
  as (
    {{ sql }}
  );
  {%- endif %}
{% endmacro %}

{% macro redshift__create_view_as(relation, sql) %}
  {%- set header = config.get('sql_header', none) -%}
  {%- if config.get('contract').enforced -%}
    {%- do get_assert_columns_equivalent(sql) -%}
  {%- endif -%}
  {{ header if header is not none }}
  create view {{ relation }} as (
    {{ sql }}
  ) {{ 'with no schema binding' if not config.get('bind', default=True) }};
{% endmacro %}

{% macro redshift__get_replace_view_sql(relation, sql) %}
  {%- set header = config.get('sql_header', none) -%}
  {%- if config.get('contract').enforced -%}
    {%- do get_assert_columns_equivalent(sql) -%}
  {%- endif -%}
  {{ header if header is not none }}
  create or replace view {{ relation }} as (
    {{ sql }}
  ) {{ 'with no schema binding' if not config.get('bind', default=True) }}
{% endmacro %}
