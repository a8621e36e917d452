{# Columns: reading, adding, removing, retyping. #}

{# SHOW does not know temporary tables, which have no schema. #}
{% macro redshift__get_columns_in_relation(relation) %}
  {%- if redshift__use_show_apis() and relation.database and relation.schema -%}
    {%- do return(redshift__get_columns_in_relation_show(relation)) -%}
  {%- endif -%}
  {%- do return(redshift__get_columns_in_relation_legacy(relation)) -%}
{% endmacro %}

{# Dropped columns may still show, under a name of the server's own. #}
{% macro redshift__get_columns_in_relation_show(relation) %}
  {%- call statement('get_columns_in_relation', fetch_result=True) -%}
    SHOW COLUMNS FROM TABLE {{ adapter.quote(relation.database) }}.{{ adapter.quote(relation.schema) }}.{{ adapter.quote(relation.identifier) }}
  {%- endcall -%}
  {%- set columns = [] -%}
  {%- for row in load_result('get_columns_in_relation').table if 'pg.dropped.' not in row['column_name'] -%}
    {%- do columns.append(api.Column(
      column=row['column_name'],
      dtype=row['data_type'],
      char_size=row['character_maximum_length'],
      numeric_precision=row['numeric_precision'],
      numeric_scale=row['numeric_scale']
    )) -%}
  {%- endfor -%}
  {%- do return(columns) -%}
{% endmacro %}

{# Three places hold columns: tables and bound views, late-binding views, external tables. The latter two give length
   and precision inside the type's text alone. #}
{% macro redshift__get_columns_in_relation_legacy(relation) %}
  {%- call statement('get_columns_in_relation', fetch_result=True) -%}
    with bound_views as (
      select ordinal_position, table_schema, column_name, data_type, character_maximum_length, numeric_precision, numeric_scale
      from information_schema."columns"
      where table_name = '{{ relation.identifier }}'
    ),
    unbound_views as (
      select
        ordinal_position,
        view_schema,
        col_name,
        case
          when col_type ilike 'character varying%' then 'character varying'
          when col_type ilike 'numeric%' then 'numeric'
          else col_type
        end as col_type,
        case when col_type like 'character%' then nullif(regexp_substr(col_type, '[0-9]+'), '')::int end as character_maximum_length,
        case when col_type like 'numeric%' then nullif(split_part(regexp_substr(col_type, '[0-9,]+'), ',', 1), '')::int end as numeric_precision,
        case when col_type like 'numeric%' then nullif(split_part(regexp_substr(col_type, '[0-9,]+'), ',', 2), '')::int end as numeric_scale
      from pg_get_late_binding_view_cols()
        cols(view_schema name, view_name name, col_name name, col_type varchar, ordinal_position int)
      where view_name = '{{ relation.identifier }}'
    ),
    external_views as (
      select
        columnnum,
        schemaname,
        columnname,
        case
          when external_type ilike 'character varying%' or external_type ilike 'varchar%' then 'character varying'
          when external_type ilike 'numeric%' then 'numeric'
          else external_type
        end as external_type,
        case
          when external_type like 'character%' or external_type like 'varchar%' then nullif(regexp_substr(external_type, '[0-9]+'), '')::int
        end as character_maximum_length,
        case when external_type like 'numeric%' then nullif(split_part(regexp_substr(external_type, '[0-9,]+'), ',', 1), '')::int end as numeric_precision,
        case when external_type like 'numeric%' then nullif(split_part(regexp_substr(external_type, '[0-9,]+'), ',', 2), '')::int end as numeric_scale
      from pg_catalog.svv_external_columns
      where schemaname = '{{ relation.schema }}' and tablename = '{{ relation.identifier }}'
    ),
    unioned as (
      select * from bound_views
      union all
      select * from unbound_views
      union all
      select * from external_views
    )
    select column_name, data_type, character_maximum_length, numeric_precision, numeric_scale
    from unioned
    {{ "where table_schema = '" ~ relation.schema ~ "'" if relation.schema }}
    order by ordinal_position
  {%- endcall -%}
  {%- do return(sql_convert_columns_in_relation(load_result('get_columns_in_relation').table)) -%}
{% endmacro %}

{# One column a statement. #}
{% macro redshift__alter_relation_add_remove_columns(relation, add_columns, remove_columns) %}
  {%- set alter = 'alter ' ~ relation.type ~ ' ' ~ relation -%}
  {%- for column in add_columns or [] -%}
    {%- do run_query(alter ~ ' add column ' ~ column.quoted ~ ' ' ~ column.data_type) -%}
  {%- endfor -%}
  {%- for column in remove_columns or [] -%}
    {%- do run_query(alter ~ ' drop column ' ~ column.quoted) -%}
  {%- endfor -%}
{% endmacro %}

{# The server itself can retype varchar and varbyte alone, and not in a transaction; all else goes by way of a second column. #}
{% macro redshift__alter_column_type(relation, column_name, new_column_type) %}
  {%- set type = new_column_type | lower | trim -%}
  {%- set has_length = type.startswith('varchar') or type.startswith('character varying') or type.startswith('varbyte') -%}
  {%- if not (has_length and adapter.behavior.redshift_skip_autocommit_transaction_statements.no_warn) -%}
    {%- do return(default__alter_column_type(relation, column_name, new_column_type)) -%}
  {%- endif -%}
  {%- call statement('alter_column_type') -%}
    alter table {{ relation.render() }} alter column {{ adapter.quote(column_name) }} type {{ new_column_type }}
  {%- endcall -%}
{% endmacro %}
