{# Seed tables, spread by the `dist` config. #}

{% macro redshift__create_csv_table(model, agate_table) %}
  {%- set chosen = model['config'].get('column_types', {}) -%}
  {%- set quoting = model['config'].get('quote_columns', none) -%}
  {%- set columns = [] -%}
  {%- for name in agate_table.column_names -%}
    {%- set type = chosen.get(name, adapter.convert_type(agate_table, loop.index0)) -%}
    {%- do columns.append(adapter.quote_seed_column(name | string, quoting) ~ ' ' ~ type) -%}
  {%- endfor -%}
  {%- set ddl = 'create table ' ~ this.render() ~ ' (' ~ columns | join(', ') ~ ') ' ~ dist(model['config'].get('dist', none)) -%}
  {%- call statement('_') -%}
    {{ ddl }}
  {%- endcall -%}
  {%- do return(ddl) -%}
{% endmacro %}

{% macro redshift__get_batch_size() %}{{ return(500) }}{% endmacro %}
