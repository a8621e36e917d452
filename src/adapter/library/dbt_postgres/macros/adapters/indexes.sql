{# Indexes. #}

{% macro postgres__get_create_index_sql(relation, index_dict) %}
  {%- set index = adapter.parse_index(index_dict) -%}
  create {{ 'unique' if index.unique }} index if not exists "{{ index.render(relation) }}"
  on {{ relation }} {{ 'using ' ~ index.type if index.type }} ({{ index.columns | join(', ') }})
{% endmacro %}

{% macro postgres__get_drop_index_sql(relation, index_name) -%}
  drop index if exists "{{ relation.schema }}"."{{ index_name }}"
{%- endmacro %}

{% macro postgres__get_show_indexes_sql(relation) -%}
  select
    index_class.relname as name,
    access.amname as method,
    pg_index.indisunique as "unique",
    array_to_string(array_agg(pg_attribute.attname), ',') as column_names
  from pg_index
  join pg_class as index_class on index_class.oid = pg_index.indexrelid
  join pg_am as access on access.oid = index_class.relam
  join pg_class as table_class on table_class.oid = pg_index.indrelid
  join pg_namespace on pg_namespace.oid = table_class.relnamespace
  join pg_attribute on pg_attribute.attrelid = table_class.oid and pg_attribute.attnum = any(pg_index.indkey)
  where table_class.relname = '{{ relation.identifier }}'
    and pg_namespace.nspname = '{{ relation.schema }}'
    and table_class.relkind in ('r', 'm')
  group by 1, 2, 3
  order by 1, 2, 3
{%- endmacro %}
