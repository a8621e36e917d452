{# Putting a new relation in an old one's place, by the safest way that both kinds allow. What is left to run comes back as one
   statement or a list of them. #}

{% macro get_replace_sql(existing_relation, target_relation, sql) %}
  {%- do log('Applying REPLACE to: ' ~ existing_relation) -%}
  {%- do return(adapter.dispatch('get_replace_sql', 'dbt')(existing_relation, target_relation, sql)) -%}
{% endmacro %}

{# In one statement where that is possible; with use_safer_relation_operations by renaming, if at all possible. Hive's metastore
   cannot rename managed tables that lie in S3. #}
{% macro databricks__get_replace_sql(existing_relation, target_relation, sql) %}
  {%- if target_relation.type == 'table' -%}
    {%- do exceptions.raise_not_implemented('get_replace_sql not implemented for target of table') -%}
  {%- elif target_relation.is_metric_view and existing_relation.is_metric_view -%}
    {%- do return(get_replace_metric_view_sql(target_relation, sql)) -%}
  {%- endif -%}

  {%- set in_place = existing_relation.type == target_relation.type and existing_relation.can_be_replaced
    and adapter.resolve_file_format(config) == 'delta' and not config.get('use_safer_relation_operations', False) | as_bool -%}
  {%- if in_place and existing_relation.is_view -%}
    {%- do return(get_replace_view_sql(target_relation, sql)) -%}
  {%- elif in_place and existing_relation.is_table -%}
    {%- do return(get_replace_table_sql(target_relation, sql)) -%}
  {%- elif in_place and existing_relation.is_materialized_view -%}
    {%- do return(get_replace_materialized_view_sql(target_relation, sql)) -%}
  {%- endif -%}

  {%- set can_step_aside = existing_relation.can_be_renamed and not (existing_relation.is_table and existing_relation.is_hive_metastore()) -%}
  {%- if target_relation.can_be_renamed and can_step_aside -%}
    {%- do return(safely_replace(existing_relation, target_relation, sql)) -%}
  {%- elif target_relation.can_be_renamed -%}
    {%- do return(stage_then_replace(existing_relation, target_relation, sql)) -%}
  {%- elif can_step_aside -%}
    {%- do return(backup_and_create_in_place(existing_relation, target_relation, sql)) -%}
  {%- endif -%}
  {%- do return(drop_and_create(existing_relation, target_relation, sql)) -%}
{% endmacro %}

{# Builds beside, backs up, renames, drops the backup. #}
{% macro safely_replace(existing_relation, target_relation, sql) %}
  {%- do log('Using safely_replace') -%}
  {%- set staging = make_staging_relation(target_relation, type='view') -%}
  {%- do drop_relation_if_exists(staging) -%}
  {%- call statement(name='main') -%}
    {{ get_create_sql(staging, sql) }}
  {%- endcall -%}
  {%- do create_backup(existing_relation) -%}
  {%- do return([get_rename_sql(staging, existing_relation.render()), get_drop_backup_sql(existing_relation)]) -%}
{% endmacro %}

{# Builds beside, drops the old one, renames. #}
{% macro stage_then_replace(existing_relation, target_relation, sql) %}
  {%- do log('Using stage_then_replace') -%}
  {%- set staging = make_staging_relation(target_relation, type='view') -%}
  {%- do drop_relation_if_exists(staging) -%}
  {%- call statement(name='main') -%}
    {{ get_create_sql(staging, sql) }}
  {%- endcall -%}
  {%- do adapter.cache_dropped(existing_relation) -%}
  {%- do return([get_drop_sql(existing_relation), get_rename_sql(staging, existing_relation.render())]) -%}
{% endmacro %}

{# Backs up, builds in place, drops the backup. #}
{% macro backup_and_create_in_place(existing_relation, target_relation, sql) %}
  {%- do log('Using backup_and_create_in_place') -%}
  {%- do create_backup(existing_relation) -%}
  {%- do return([get_create_sql(target_relation, sql), get_drop_backup_sql(existing_relation)]) -%}
{% endmacro %}

{# The last resort. #}
{% macro drop_and_create(existing_relation, target_relation, sql) %}
  {%- do log('Using drop_and_create') -%}
  {%- do return([get_drop_sql(existing_relation), get_create_sql(target_relation, sql)]) -%}
{% endmacro %}

{# Tells the cache of a relation that was replaced by another kind. One of the same kind keeps its entry, and with it what the
   server said of it. #}
{% macro cache_replaced_relation(target_relation) %}
  {%- set known = adapter.get_relation(database=target_relation.database, schema=target_relation.schema, identifier=target_relation.identifier) -%}
  {%- if known is none or known.type != target_relation.type -%}
    {%- if known is not none -%}{%- do adapter.cache_dropped(known) -%}{%- endif -%}
    {%- do adapter.cache_added(target_relation) -%}
  {%- endif -%}
{% endmacro %}

{# The old table goes only when its successor stands. #}
{% macro safe_relation_replace(existing_relation, staging_relation, intermediate_relation, compiled_code) %}
  {%- do create_table_at(staging_relation, intermediate_relation, compiled_code) -%}
  {%- do create_backup(existing_relation) -%}
  {%- do adapter.rename_relation(staging_relation, existing_relation) -%}
  {%- call statement('main') -%}
    {{ get_drop_backup_sql(existing_relation) }}
  {%- endcall -%}
  {%- do adapter.cache_dropped(make_backup_relation(existing_relation, existing_relation.type)) -%}
  {%- do rename_staged_key_constraints(staging_relation) -%}
  {%- do drop_relation_if_exists(intermediate_relation) -%}
{% endmacro %}

{# Whether a new table may be built under another name first: a Delta table in Unity Catalog, which chooses its place. #}
{% macro databricks__may_build_beside(target_relation) %}
  {%- do return(not target_relation.is_hive_metastore() and adapter.resolve_file_format(config) == 'delta' and config.get('location_root') is none) -%}
{% endmacro %}

{# A declared table is empty until it is filled: so it is filled beside, and only then takes its name. #}
{% macro databricks__create_table_beside(existing_relation, staging_relation, target_relation, intermediate_relation, compiled_code) %}
  {%- do drop_relation_if_exists(staging_relation) -%}
  {%- do create_table_at(staging_relation, intermediate_relation, compiled_code) -%}
  {%- if existing_relation -%}{%- do adapter.drop_relation(existing_relation) -%}{%- endif -%}
  {%- do adapter.rename_relation(staging_relation, target_relation) -%}
  {%- do rename_staged_key_constraints(staging_relation) -%}
{% endmacro %}

{# A table from a query, in one statement. `in_the_way` is what the statement cannot replace, or nothing. #}
{% macro databricks__create_table_from_query(in_the_way, target_relation, compiled_code, language) %}
  {%- set beside = in_the_way and databricks__may_build_beside(target_relation) -%}
  {%- set place = make_staging_relation(target_relation) if beside else target_relation -%}
  {%- if beside -%}
    {%- do drop_relation_if_exists(place) -%}
  {%- elif in_the_way -%}
    {%- do adapter.drop_relation(in_the_way) -%}
  {%- endif -%}
  {%- call statement('main', language=language) -%}
    {{ create_table_as(False, place, compiled_code, language) }}
  {%- endcall -%}
  {%- if beside -%}
    {%- do adapter.drop_relation(in_the_way) -%}
    {%- do adapter.rename_relation(place, target_relation) -%}
  {%- endif -%}
{% endmacro %}
