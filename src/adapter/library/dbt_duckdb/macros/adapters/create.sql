{# CREATE TABLE and CREATE VIEW. #}

{# DuckLake's layout settings come as arguments of their own. #}
{% macro create_table_as(temporary, relation, compiled_code, language='sql', partitioned_by=none, sorted_by=none) %}
  {{- return(adapter.dispatch('create_table_as', 'dbt')(temporary, relation, compiled_code, language, partitioned_by=partitioned_by, sorted_by=sorted_by)) -}}
{% endmacro %}

{# With a contract or a layout the empty table comes first and its rows after: neither fits a CREATE TABLE AS.
   All within the caller's transaction. #}
{% macro duckdb__create_table_as(temporary, relation, compiled_code, language='sql', partitioned_by=none, sorted_by=none) %}
  {%- if language == 'python' -%}
    {%- do return(py_write_table(temporary=temporary, relation=relation, compiled_code=compiled_code, partitioned_by=partitioned_by, sorted_by=sorted_by)) -%}
  {%- elif language != 'sql' -%}
    {%- do exceptions.raise_compiler_error('duckdb__create_table_as takes sql or python, not ' ~ language) -%}
  {%- endif -%}

  {%- set header = config.get('sql_header', none) -%}
  {%- set contract = config.get('contract').enforced -%}
  {%- if contract -%}
    {%- do get_assert_columns_equivalent(compiled_code) -%}
  {%- endif -%}
  {%- set layout -%}
    {{ duckdb__alter_table_set_partitioned_by(relation, partitioned_by) if partitioned_by }}
    {{ duckdb__alter_table_set_sorted_by(relation, sorted_by) if sorted_by }}
  {%- endset -%}

  {{ header if header is not none }}
  create {{ 'temporary' if temporary }} table {{ relation.include(database=(not temporary), schema=(not temporary)) }}
  {# Temporary tables take no constraints. #}
  {%- if contract and not temporary %}
  {{ get_table_columns_and_constraints() }};
  {{ layout }}
  insert into {{ relation }} {{ get_column_names() }} (
    {{ get_select_subquery(compiled_code) }}
  );
  {%- elif partitioned_by or sorted_by %}
  as (
    select * from (
      {{ compiled_code }}
    ) as model_subq limit 0
  );
  {{ layout }}
  insert into {{ relation }} select * from (
    {{ compiled_code }}
  ) as model_subq;
  {%- else %}
  as (
    {{ compiled_code }}
  );
  {%- endif %}
{% endmacro %}

{% macro duckdb__create_view_as(relation, sql) %}
  {%- set header = config.get('sql_header', none) -%}
  {%- if config.get('contract').enforced -%}
    {%- do get_assert_columns_equivalent(sql) -%}
  {%- endif -%}
  {{ header if header is not none }}
  create view {{ relation }} as (
    {{ sql }}
  );
{% endmacro %}

{# The declared columns in brackets, for an INSERT. #}
{% macro get_column_names() %}
  {%- set names = [] -%}
  {%- for column in model['columns'].values() -%}
    {%- do names.append(adapter.quote(column['name']) if column.get('quote') else column['name']) -%}
  {%- endfor -%}
  ({{ names | join(', ') }})
{% endmacro %}

{# What a Python model's code ends with: its data frame becomes the table. #}
{% macro py_write_table(temporary, relation, compiled_code, partitioned_by=none, sorted_by=none) %}
{{ compiled_code }}

def materialize(df, con):
    try:
        import pyarrow
        if isinstance(df, pyarrow.Table):
            import pyarrow.dataset  # DuckDB reads Arrow tables through it and expects it loaded
    except ImportError:
        pass
    source = '__dbt_python_model_df_{{ relation.identifier }}'
    con.register(source, df)
    {% if partitioned_by or sorted_by -%}
    con.execute(f'create table {{ relation }} as select * from {source} limit 0')
    {% if partitioned_by -%}
    con.execute('alter table {{ relation }} set partitioned by ({{ partitioned_by }})')
    {% endif -%}
    {% if sorted_by -%}
    con.execute('alter table {{ relation }} set sorted by ({{ sorted_by }})')
    {% endif -%}
    con.execute(f'insert into {{ relation }} select * from {source}')
    {%- else -%}
    con.execute(f'create {{ "temporary " if temporary }}table {{ relation }} as select * from {source}')
    {%- endif %}
    con.unregister(source)
{% endmacro %}
