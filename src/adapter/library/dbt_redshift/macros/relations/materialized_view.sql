{# Materialized views. Of their config, auto refresh alone can change without a rebuild. #}

{% macro redshift__get_create_materialized_view_as_sql(relation, sql) %}
  {%- set view = relation.from_config(config.model) -%}
  create materialized view {{ view.path }}
  backup {{ 'yes' if view.backup else 'no' }}
  diststyle {{ view.dist.diststyle }}
  {{ 'distkey (' ~ view.dist.distkey ~ ')' if view.dist.distkey }}
  {{ 'sortkey (' ~ view.sort.sortkey | join(',') ~ ')' if view.sort.sortkey }}
  auto refresh {{ 'yes' if view.autorefresh else 'no' }}
  as (
    {{ view.query }}
  )
{% endmacro %}

{% macro redshift__refresh_materialized_view(relation) -%}
  refresh materialized view {{ relation }}
{%- endmacro %}

{% macro redshift__get_alter_materialized_view_as_sql(
    relation, configuration_changes, sql, existing_relation, backup_relation, intermediate_relation
) %}
  {%- if configuration_changes.requires_full_refresh -%}
    {%- do return(get_replace_sql(existing_relation, relation, sql)) -%}
  {%- endif -%}
  {%- set refresh = configuration_changes.autorefresh -%}
  {%- if refresh -%}{%- do log('Applying UPDATE AUTOREFRESH to: ' ~ relation) -%}{%- endif -%}
  alter materialized view {{ relation }} auto refresh {{ 'yes' if refresh.context else 'no' }}
{%- endmacro %}

{% macro redshift__get_materialized_view_configuration_changes(existing_relation, new_config) %}
  {%- set standing = redshift__describe_materialized_view(existing_relation) -%}
  {%- do return(existing_relation.materialized_view_config_changeset(standing, new_config.model)) -%}
{% endmacro %}

{# Three queries, because these system tables cannot be joined. Keys are read from the hidden table that stores the rows. #}
{% macro redshift__describe_materialized_view(relation) %}
  {%- set settings -%}
    select tb.database, tb.schema, tb.table, tb.diststyle, tb.sortkey1, mv.autorefresh
    from svv_table_info tb
    left join svv_mv_info mv on mv.database_name = tb.database and mv.schema_name = tb.schema and mv.name = tb.table
    where tb.table ilike '{{ relation.identifier }}'
      and tb.schema ilike '{{ relation.schema }}'
      and tb.database ilike '{{ relation.database }}'
  {%- endset -%}
  {%- set keys -%}
    select pg_attribute.attname as column, pg_attribute.attisdistkey as is_dist_key, pg_attribute.attsortkeyord as sort_key_position
    from pg_class
    join pg_namespace on pg_namespace.oid = pg_class.relnamespace
    join pg_attribute on pg_attribute.attrelid = pg_class.oid
    where pg_namespace.nspname ilike '{{ relation.schema }}' and pg_class.relname like 'mv_tbl__{{ relation.identifier }}__%'
  {%- endset -%}
  {%- set definition -%}
    select definition
    from pg_views
    where viewname = '{{ relation.identifier }}'
      and schemaname = '{{ relation.schema }}'
      and definition ilike '%create materialized view%'
  {%- endset -%}
  {%- do return({'materialized_view': run_query(settings), 'columns': run_query(keys), 'query': run_query(definition)}) -%}
{% endmacro %}
