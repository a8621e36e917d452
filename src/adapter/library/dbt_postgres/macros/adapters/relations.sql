{# Listing tables and views, names of short-lived tables, columns. #}

{% macro postgres__list_relations_without_caching(schema_relation) %}
  {%- set database = "'" ~ schema_relation.database ~ "' as database" -%}
  {%- set schema = "ilike '" ~ schema_relation.schema ~ "'" -%}
  {%- call statement('list_relations_without_caching', fetch_result=True) -%}
    select {{ database }}, tablename as name, schemaname as schema, 'table' as type
    from pg_tables
    where schemaname {{ schema }}
    union all
    select {{ database }}, viewname as name, schemaname as schema, 'view' as type
    from pg_views
    where schemaname {{ schema }}
    union all
    select {{ database }}, matviewname as name, schemaname as schema, 'materialized_view' as type
    from pg_matviews
    where schemaname {{ schema }}
    union all
    select distinct {{ database }}, proname as name, nspname as schema, 'function' as type
    from pg_proc
    join pg_namespace on pg_proc.pronamespace = pg_namespace.oid
    where nspname {{ schema }}
  {%- endcall -%}
  {%- do return(load_result('list_relations_without_caching').table) -%}
{% endmacro %}

{# Names longer than the server's limit would be cut off silently, suffix first; so the base gives way.
   `dstring` asks for a name that was never used before. #}
{% macro postgres__make_relation_with_suffix(base_relation, suffix, dstring) %}
  {%- set ending = suffix ~ (modules.datetime.datetime.now().strftime('%H%M%S%f') if dstring else '') -%}
  {%- set room = base_relation.relation_max_name_length() - ending | length -%}
  {%- if room < 0 -%}
    {%- do exceptions.raise_compiler_error(
      'The suffix ' ~ ending ~ ' is longer than a name may be (' ~ base_relation.relation_max_name_length() ~ ' characters)'
    ) -%}
  {%- endif -%}
  {%- do return(base_relation.incorporate(path={'identifier': base_relation.identifier[:room] ~ ending})) -%}
{% endmacro %}

{% macro postgres__make_intermediate_relation(base_relation, suffix) %}
  {%- do return(postgres__make_relation_with_suffix(base_relation, suffix, dstring=False)) -%}
{% endmacro %}

{# Temporary tables live in a schema of their own. #}
{% macro postgres__make_temp_relation(base_relation, suffix) %}
  {%- set named = postgres__make_relation_with_suffix(base_relation, suffix, dstring=True) -%}
  {%- do return(named.incorporate(path={'database': none, 'schema': none})) -%}
{% endmacro %}

{% macro postgres__make_backup_relation(base_relation, backup_relation_type, suffix) %}
  {%- set named = postgres__make_relation_with_suffix(base_relation, suffix, dstring=False) -%}
  {%- do return(named.incorporate(type=backup_relation_type)) -%}
{% endmacro %}

{% macro postgres__get_columns_in_relation(relation) %}
  {%- call statement('get_columns_in_relation', fetch_result=True) -%}
    select column_name, data_type, character_maximum_length, numeric_precision, numeric_scale
    from {{ relation.information_schema('columns') }}
    where table_name = '{{ relation.identifier }}'
      {{ "and table_schema = '" ~ relation.schema ~ "'" if relation.schema }}
    order by ordinal_position
  {%- endcall -%}
  {%- do return(sql_convert_columns_in_relation(load_result('get_columns_in_relation').table)) -%}
{% endmacro %}
