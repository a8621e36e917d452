{# Indexes. #}

{% macro duckdb__get_create_index_sql(relation, index_dict) %}
  {%- set index = adapter.parse_index(index_dict) -%}
  create {{ 'unique' if index.unique }} index "{{ index.render(relation) }}" on {{ relation }} ({{ index.columns | join(', ') }});
{% endmacro %}

{# A table with indexes cannot be renamed. Nothing here may open a transaction: this also runs after the commit.
   duckdb_indexes() looks up the tables of all indexes by their names, and fails when another thread renames or drops one
   meanwhile. So it is asked only where there is an index of its own, beside those that constraints bring along. #}
{% macro drop_indexes_on_relation(relation) %}
  {%- set place -%}
    database_name = '{{ relation.database }}' and schema_name = '{{ relation.schema }}' and table_name = '{{ relation.identifier }}'
  {%- endset -%}
  {%- call statement('count_indexes_on_relation', fetch_result=True, auto_begin=False) -%}
    select count(*)
    from duckdb_tables()
    where {{ place }} and index_count > (
      select count(*)
      from duckdb_constraints()
      where {{ place }} and constraint_type in ('PRIMARY KEY', 'UNIQUE', 'FOREIGN KEY')
    )
  {%- endcall -%}
  {%- if load_result('count_indexes_on_relation').table[0][0] == 0 -%}{%- do return(none) -%}{%- endif -%}
  {%- call statement('get_indexes_on_relation', fetch_result=True, auto_begin=False) -%}
    select index_name
    from duckdb_indexes()
    where {{ place }}
  {%- endcall -%}
  {%- for row in load_result('get_indexes_on_relation').table -%}
    {%- call statement('drop_index_' ~ loop.index, auto_begin=false) -%}
      drop index "{{ relation.database }}"."{{ relation.schema }}"."{{ row[0] }}"
    {%- endcall -%}
  {%- endfor -%}
{% endmacro %}
