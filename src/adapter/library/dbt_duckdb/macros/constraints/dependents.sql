{# Replacing a table that foreign keys point at. DuckDB refuses to rename or drop it while they do, and cannot drop the keys,
   so the tables that hold them step aside: their rows are copied, they are dropped, and the copies take their names. The models
   that build them put the keys back later in the same run. #}

{# Copies and drops them; gives what restore_foreign_key_dependents needs. An error unless this run rebuilds every one of them. #}
{% macro drop_foreign_key_dependents(relation) %}
  {%- set database = adapter.escape_sql_string(relation.database) -%}
  {%- set schema = adapter.escape_sql_string(relation.schema) -%}
  {%- set table = adapter.escape_sql_string(relation.identifier) -%}
  {# A foreign key stays within its schema. The farthest tables come first, as they must be dropped first. #}
  {%- call statement('get_foreign_key_dependents', fetch_result=True) -%}
    with recursive keys as (
      select distinct table_name as child, referenced_table as parent
      from duckdb_constraints()
      where constraint_type = 'FOREIGN KEY'
        and lower(database_name) = lower('{{ database }}')
        and lower(schema_name) = lower('{{ schema }}')
        and lower(table_name) <> lower(referenced_table)
    ),
    reached(child, distance) as (
      select child, 1 from keys where lower(parent) = lower('{{ table }}')
      union
      select keys.child, reached.distance + 1
      from keys join reached on lower(keys.parent) = lower(reached.child)
    )
    select reached.child, max(reached.distance) as distance, keys.parent
    from reached join keys using (child)
    group by reached.child, keys.parent
    order by distance desc, reached.child, keys.parent
  {%- endcall -%}
  {%- set parents = {} -%}
  {%- for row in load_result('get_foreign_key_dependents').table -%}
    {%- do parents.update({row[0]: parents.get(row[0], []) + [row[2] | lower]}) -%}
  {%- endfor -%}
  {%- if not parents -%}
    {%- do return([]) -%}
  {%- endif -%}

  {# Which model builds which of these tables. #}
  {%- set builders = {relation.identifier | lower: model} -%}
  {%- for node in graph.nodes.values() if node.resource_type == 'model' and node.schema | lower == relation.schema | lower and (node.database or '') | lower == (relation.database or '') | lower -%}
    {%- set name = (node.alias or node.name) | lower -%}
    {%- if name in parents | map('lower') | list -%}
      {%- do builders.update({name: node}) -%}
    {%- endif -%}
  {%- endfor -%}

  {%- set problems = [] -%}
  {%- for child in parents -%}
    {%- set node = builders.get(child | lower) -%}
    {%- set after = [] -%}
    {%- for parent in parents[child] if parent in builders and node and builders[parent].unique_id in node.depends_on.nodes -%}
      {%- do after.append(parent) -%}
    {%- endfor -%}
    {%- if not node -%}
      {%- do problems.append(child ~ ' (no model of this project builds it)') -%}
    {%- elif node.unique_id not in selected_resources -%}
      {%- do problems.append(child ~ ' (model ' ~ node.name ~ ' is not selected in this run)') -%}
    {%- elif not after -%}
      {%- do problems.append(child ~ ' (model ' ~ node.name ~ ' reaches the table its foreign key names without ref(), so nothing orders its rebuild; write `to: ref(...)`)') -%}
    {%- else -%}
      {%- set refreshed = flags.FULL_REFRESH if node.config.full_refresh is none else node.config.full_refresh -%}
      {%- if not (node.config.materialized == 'table' or (node.config.materialized == 'incremental' and refreshed)) -%}
        {%- do problems.append(child ~ ' (model ' ~ node.name ~ ' is materialized as ' ~ node.config.materialized ~ ' and would lose its data; run with --full-refresh)') -%}
      {%- endif -%}
    {%- endif -%}
  {%- endfor -%}
  {%- if problems -%}
    {%- do exceptions.raise_compiler_error(
      'Cannot replace ' ~ relation ~ ': foreign keys of other tables point at it, and DuckDB replaces it only after those are dropped, '
      ~ 'which is safe for tables alone that this run rebuilds. Problem tables: ' ~ problems | join('; ')
    ) -%}
  {%- endif -%}

  {%- set dropped = [] -%}
  {%- for child in parents -%}
    {%- set dependent = api.Relation.create(database=relation.database, schema=relation.schema, identifier=child, type='table') -%}
    {%- set backup = dependent.incorporate(path={'identifier': child ~ '__dbt_fk_backup'}, type='table') -%}
    {%- do adapter.drop_relation(backup) -%}
    {%- call statement('backup_foreign_key_dependent_' ~ loop.index) -%}
      create table {{ backup }} as select * from {{ dependent }}
    {%- endcall -%}
    {%- do log('Dropping ' ~ dependent ~ ', whose foreign key points at ' ~ relation ~ '; this run rebuilds it later', info=True) -%}
    {%- do adapter.drop_relation(dependent) -%}
    {%- do dropped.append({'relation': dependent, 'backup': backup}) -%}
  {%- endfor -%}
  {%- do return(dropped) -%}
{% endmacro %}

{# Until then the copies serve, without keys. #}
{% macro restore_foreign_key_dependents(dropped) %}
  {%- for item in dropped | reverse -%}
    {%- do log('Restoring data for ' ~ item['relation'] ~ '; its constraints are rebuilt later in this run', info=True) -%}
    {%- do adapter.rename_relation(item['backup'], item['relation']) -%}
  {%- endfor -%}
{% endmacro %}

{# Drops a table whose successor is made under the same name. Always in a transaction, so that a failed build brings everything back. #}
{% macro drop_relation_for_rebuild(relation) %}
  {%- do adapter.ensure_transaction() -%}
  {%- set dropped = drop_foreign_key_dependents(relation) if relation.is_table and may_be_foreign_key_target(relation) else [] -%}
  {%- do adapter.drop_relation(relation) -%}
  {%- do return(dropped) -%}
{% endmacro %}
