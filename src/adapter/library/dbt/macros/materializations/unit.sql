{# Unit tests: the model's query over fixtures, compared with the rows that were expected. #}

{% materialization unit, default %}
  {%- set header = config.get('sql_header') if flags.REQUIRE_SQL_HEADER_IN_TEST_CONFIGS else none -%}
  {%- set rows = config.get('expected_rows') -%}
  {%- set names = rows[0].keys() if rows | length > 0 else get_columns_in_query(sql) -%}

  {# An empty table of the query's shape tells the types and the quoting of its columns. #}
  {%- set shape = make_temp_relation(this.incorporate(type='table')) -%}
  {%- do run_query(get_create_table_as_sql(True, shape, get_empty_subquery_sql(sql))) -%}
  {%- set types = {} -%}
  {%- set quoted = {} -%}
  {%- for column in adapter.get_columns_in_relation(shape) -%}
    {%- do types.update({column.name | lower: column.data_type}) -%}
    {%- do quoted.update({column.name | lower: column.quoted}) -%}
  {%- endfor -%}
  {%- set compared = [] -%}
  {%- for name in names -%}
    {%- do compared.append(quoted[name | lower]) -%}
  {%- endfor -%}

  {%- set expected = config.get('expected_sql') or get_expected_sql(rows, types, quoted) -%}
  {%- set query = get_unit_test_sql(sql, expected, compared) -%}
  {%- call statement('main', fetch_result=True) -%}
    {{ header if header }}
    {{ query }}
  {%- endcall -%}

  {%- do adapter.drop_relation(shape) -%}
  {%- do return({'relations': []}) -%}
{% endmaterialization %}
