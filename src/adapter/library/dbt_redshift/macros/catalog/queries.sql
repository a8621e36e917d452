{# The queries that the catalog is made of. #}

{% macro redshift__get_late_binding_sql() %}
  select
    table_schema,
    table_name,
    'LATE BINDING VIEW'::varchar as table_type,
    null::text as table_comment,
    column_name,
    column_index,
    column_type,
    null::text as column_comment
  from pg_get_late_binding_view_cols()
    cols(table_schema name, table_name name, column_name name, column_type varchar, column_index int)
{% endmacro %}

{# A materialized view looks like a view; its definition gives it away. #}
{% macro redshift__get_early_binding_sql(database) %}
  select
    sch.nspname as table_schema,
    tbl.relname as table_name,
    case
      when tbl.relkind = 'v' and materialized.table_name is not null then 'MATERIALIZED VIEW'
      when tbl.relkind = 'v' then 'VIEW'
      else 'BASE TABLE'
    end as table_type,
    table_text.description as table_comment,
    col.attname as column_name,
    col.attnum as column_index,
    pg_catalog.format_type(col.atttypid, col.atttypmod) as column_type,
    column_text.description as column_comment
  from pg_catalog.pg_namespace as sch
  join pg_catalog.pg_class as tbl on tbl.relnamespace = sch.oid
  join pg_catalog.pg_attribute as col on col.attrelid = tbl.oid
  left join pg_catalog.pg_description as table_text on table_text.objoid = tbl.oid and table_text.objsubid = 0
  left join pg_catalog.pg_description as column_text on column_text.objoid = tbl.oid and column_text.objsubid = col.attnum
  left join information_schema.views as materialized
    on materialized.table_schema = sch.nspname
    and materialized.table_name = tbl.relname
    and materialized.view_definition ilike '%create materialized view%'
    and materialized.table_catalog = '{{ database }}'
  where tbl.relkind in ('r', 'v', 'f', 'p') and col.attnum > 0 and not col.attisdropped
{% endmacro %}

{% macro redshift__get_table_owners_sql() %}
  select schemaname as table_schema, tablename as table_name, tableowner as table_owner
  from pg_tables
  union all
  select schemaname as table_schema, viewname as table_name, viewowner as table_owner
  from pg_views
{% endmacro %}

{# Statistics, each as label, value, explanation, and whether to show it. The sort key's encoding has null bytes in it and
   stays hidden; an interleaved sort key has a byte of 0xFF. #}
{% macro redshift__get_extended_catalog_sql() %}
  {%- set stats = [
    ('encoded', 'Encoded', 'encoded', 'Whether any column of the table is compressed.', 'true'),
    ('diststyle', 'Dist Style', 'diststyle', 'How rows are spread over the nodes, with the key if there is one.', 'true'),
    ('sortkey1', 'Sort Key 1', "case when sortkey1 like 'INTERLEAVED%' then 'INTERLEAVED'::text else sortkey1 end", 'The first column of the sort key.', '(sortkey1 is not null)'),
    ('max_varchar', 'Max Varchar', 'max_varchar', 'The size of the largest VARCHAR column.', 'true'),
    ('sortkey1_enc', 'Sort Key 1 Encoding', 'sortkey1_enc', 'How the first column of the sort key is compressed.', 'false'),
    ('sortkey_num', '# Sort Keys', 'sortkey_num', 'How many columns the sort key has.', '(sortkey_num > 0)'),
    ('size', 'Approximate Size', 'size * 1000000', 'The size of the table, counted in blocks of 1 MB.', 'true'),
    ('pct_used', 'Disk Utilization', 'pct_used / 100.0', 'The share of the available space that the table takes.', 'true'),
    ('unsorted', 'Unsorted %', 'unsorted / 100.0', 'The share of rows that are not sorted yet.', '(unsorted is not null)'),
    ('stats_off', 'Stats Off', 'stats_off', 'How stale the statistics are: 0 is current, 100 is out of date.', 'true'),
    ('rows', 'Approximate Row Count', 'tbl_rows', 'The number of rows, with those deleted and not yet vacuumed.', 'true'),
    ('skew_sortkey1', 'Sort Key Skew', 'skew_sortkey1', 'The largest other column compared with the first column of the sort key.', '(skew_sortkey1 is not null)'),
    ('skew_rows', 'Skew Rows', 'skew_rows', 'The fullest slice compared with the emptiest.', '(skew_rows is not null)')
  ] -%}
  select "schema" as table_schema, "table" as table_name
  {%- for id, label, value, explanation, include in stats -%},
    '{{ label }}'::text as "stats:{{ id }}:label",
    {{ value }} as "stats:{{ id }}:value",
    '{{ explanation }}'::text as "stats:{{ id }}:description",
    {{ include }} as "stats:{{ id }}:include"
  {%- endfor %}
  from svv_table_info
{% endmacro %}

{# By SHOW, schema by schema; the columns by one query. The adapter joins them. #}
{% macro _redshift__get_base_catalog_show(database, schemas, columns_filter) %}
  {%- set tables = [] -%}
  {%- for schema in schemas -%}
    {%- set name = 'show_tables_' ~ loop.index -%}
    {%- call statement(name, fetch_result=True) -%}
      SHOW TABLES FROM SCHEMA {{ adapter.quote(database) }}.{{ adapter.quote(schema) }}
    {%- endcall -%}
    {%- do tables.append(load_result(name).table) -%}
  {%- endfor -%}
  {%- call statement('svv_columns', fetch_result=True) -%}
    select database_name, schema_name, table_name, column_name, ordinal_position, data_type, remarks
    from svv_redshift_columns
    where database_name = '{{ database }}' and ({{ columns_filter }})
  {%- endcall -%}
  {%- do return(adapter.build_catalog_from_show_tables_and_svv_columns(tables, load_result('svv_columns').table)) -%}
{% endmacro %}
