{# Unit tests in a script. Inputs and expected rows are tables of literals; a table takes its types from the real one, or from the
   model's query, so that the script need not know them. #}

{% materialization emit_unit, default %}
  {%- set rows = config.get('expected_rows') -%}
  {%- set expected = emit_fixture_relation(__fixture_home, __fixture_of ~ ' expected') -%}
  {%- set names = [] -%}
  {%- if config.get('expected_sql') -%}
    {%- do emit_fixture_table(expected, config.get('expected_sql')) -%}
    {%- for column in adapter.get_columns_in_relation(expected) -%}{%- do names.append(emit_column(column.name)) -%}{%- endfor -%}
  {%- elif rows -%}
    {%- do names.extend(emit_fixture_columns(rows)) -%}
    {%- do emit_fixture_table(expected, 'select ' ~ names | join(', ') ~ ' from (\n' ~ sql ~ '\n) as actual where 1 = 0') -%}
    {%- do emit_fixture_rows(expected, names, rows) -%}
  {%- endif -%}
  {%- call statement('main') -%}
select
  count(*) as failures,
  count(*) <> 0 as should_warn,
  count(*) <> 0 as should_error
from (
  {%- if names %}
  select {{ names | join(', ') }}
  from (
    select {{ names | join(', ') }}, 1 as side from (
{{ sql }}
    ) as actual
    union all
    select {{ names | join(', ') }}, -1 as side from {{ expected }}
  ) as both_sides
  group by {{ names | join(', ') }}
  having sum(side) <> 0
  {%- else %}
  {{ sql }}
  {%- endif %}
) as differing
  {%- endcall -%}
  {%- if names -%}{%- do emit_drop_fixture(expected) -%}{%- endif -%}
  {%- for name in __fixture_names -%}
    {%- do emit_drop_fixture(emit_fixture_relation(__fixture_home, name)) -%}
  {%- endfor -%}
  {%- do return({'relations': []}) -%}
{% endmaterialization %}

{# An input: writes its table, and gives the query of its rows. #}
{% macro emit_fixture(source, home, name, rows) %}
  {%- set fixture = emit_fixture_relation(home, name) -%}
  {%- do emit_fixture_table(fixture, 'select * from ' ~ source ~ ' where 1 = 0') -%}
  {%- if rows -%}
    {%- do emit_fixture_rows(fixture, emit_fixture_columns(rows), rows) -%}
  {%- endif -%}
  {%- do return('select * from ' ~ fixture) -%}
{% endmacro %}

{# Databases cut long names short, so a hash stands for what the table belongs to. #}
{% macro emit_fixture_relation(home, name) %}{{ return(adapter.dispatch('emit_fixture_relation', 'dbt')(home, name)) }}{% endmacro %}
{% macro default__emit_fixture_relation(home, name) %}
  {%- do return(emit_incoming_relation(home.incorporate(path={'identifier': 'unit_' ~ local_md5(name)[:12]}))) -%}
{% endmacro %}

{% macro emit_fixture_table(fixture, query) %}{{ return(adapter.dispatch('emit_fixture_table', 'dbt')(fixture, query)) }}{% endmacro %}
{% macro default__emit_fixture_table(fixture, query) %}
  {%- call statement('drop_fixture') -%}
drop table if exists {{ fixture }}
  {%- endcall -%}
  {%- call statement('fixture') -%}
    {{ get_create_table_as_sql(True, fixture, query) }}
  {%- endcall -%}
{% endmacro %}

{% macro emit_fixture_columns(rows) %}
  {%- set names = [] -%}
  {%- for row in rows -%}
    {%- for name in row if emit_column(name) not in names -%}{%- do names.append(emit_column(name)) -%}{%- endfor -%}
  {%- endfor -%}
  {%- do return(names) -%}
{% endmacro %}

{% macro emit_fixture_rows(fixture, names, rows) %}
  {%- set lines = [] -%}
  {%- for row in rows -%}
    {%- set values = {} -%}
    {%- for name, value in row.items() -%}
      {%- set literal = 'null' if value is none else dbt.string_literal(dbt.escape_single_quotes(value)) if value is string else value -%}
      {%- do values.update({emit_column(name): literal}) -%}
    {%- endfor -%}
    {%- set cells = [] -%}
    {%- for name in names -%}{%- do cells.append(values.get(name, 'null')) -%}{%- endfor -%}
    {%- do lines.append('(' ~ cells | join(', ') ~ ')') -%}
  {%- endfor -%}
  {%- call statement('fixture_rows') -%}
insert into {{ fixture }} ({{ names | join(', ') }}) values
  {{ lines | join(',\n  ') }}
  {%- endcall -%}
{% endmacro %}

{% macro emit_drop_fixture(fixture) %}{{ return(adapter.dispatch('emit_drop_fixture', 'dbt')(fixture)) }}{% endmacro %}
{% macro default__emit_drop_fixture(fixture) %}
  {%- call statement('drop_fixture') -%}
drop table {{ fixture }}
  {%- endcall -%}
{% endmacro %}
