{# Materialized views. Of their config, schedule, tags and row filter can change without a rebuild. #}

{# The columns are asked for by way of a temporary view over a few rows. #}
{% macro databricks__get_create_materialized_view_as_sql(relation, sql) %}
  {%- if column_mask_exists() -%}
    {%- do exceptions.raise_compiler_error('Column masks are not yet supported for materialized views.') -%}
  {%- endif -%}
  {%- set settings = adapter.get_config_from_model(config.model).config -%}
  {%- set temp = make_temp_relation(relation) -%}
  {%- call statement('create_temp_view') -%}
    {{ create_temporary_view(temp, sql.rstrip('; \n\t') ~ ' LIMIT 10') }}
  {%- endcall -%}
  {%- set contract = config.get('contract') -%}
  {%- set enforced = contract and contract.enforced -%}
  {%- if enforced -%}
    {%- do exceptions.warn(
      "contract.enforced=true on materialized_view '" ~ model.name ~ "': contracts on materialized views are applied only as far as Databricks allows"
    ) -%}
  {%- endif -%}
  {%- set parsed = adapter.parse_columns_and_constraints(
    adapter.get_columns_in_relation(temp), model.get('columns', {}), model.get('constraints', []) if enforced else [], enforced, model.name
  ) -%}
  {%- set view = relation.enrich(parsed[1]) -%}
  create or replace materialized view {{ view.render() }}
  {{ get_column_and_constraints_sql(view, parsed[0]) }}
  {{ get_create_row_filter_clause(view) }}
  {{ get_create_sql_partition_by(settings['partition_by'].partition_by) }}
  {{ liquid_clustered_cols() }}
  {{ get_create_sql_comment(settings['comment'].comment) }}
  {{ get_create_sql_tblproperties(settings['tblproperties'].tblproperties) }}
  {{ get_create_sql_refresh_schedule(settings['refresh']) }}
  as
  {{ sql }}
{% endmacro %}

{% macro databricks__get_replace_materialized_view_sql(target_relation, sql) %}{{ get_create_materialized_view_as_sql(target_relation, sql) }}{% endmacro %}

{% macro databricks__refresh_materialized_view(relation) -%}
  refresh materialized view {{ relation.render() }}
{%- endmacro %}

{% macro get_alter_materialized_view_as_sql(
    relation, configuration_changes, sql, existing_relation, backup_relation, intermediate_relation
) %}
  {%- do log('Applying ALTER to: ' ~ relation) -%}
  {%- do return(adapter.dispatch('get_alter_materialized_view_as_sql', 'dbt')(
    relation, configuration_changes, sql, existing_relation, backup_relation, intermediate_relation
  )) -%}
{% endmacro %}

{# Another partitioning cannot be had by CREATE OR REPLACE. After a mere alteration the rows still want refreshing, unless the
   server does that by itself. #}
{% macro databricks__get_alter_materialized_view_as_sql(
    relation, configuration_changes, sql, existing_relation, backup_relation, intermediate_relation
) %}
  {%- set changes = configuration_changes.changes -%}
  {%- if configuration_changes.requires_full_refresh -%}
    {%- if changes['partition_by'] -%}
      {%- do log('Applying REPLACE to: ' ~ existing_relation) -%}
      {%- set replacement = drop_and_create(existing_relation, relation, sql) -%}
    {%- else -%}
      {%- set replacement = get_replace_sql(existing_relation, relation, sql) -%}
    {%- endif -%}
    {%- set replacement = [replacement] if replacement is string else replacement | list -%}
    {%- do return(replacement + get_set_tag_statements(relation, config.get('databricks_tags'), adapter.get_column_tags_from_model(config.model))) -%}
  {%- endif -%}

  {%- set statements = [] -%}
  {%- set schedule = get_alter_mv_internal(relation, configuration_changes) -%}
  {%- if schedule -%}{%- do statements.append(schedule) -%}{%- endif -%}
  {%- set tags = changes.get('tags') -%}
  {%- do statements.extend(get_set_tag_statements(relation, tags.set_tags if tags else none, changes.get('column_tags'))) -%}
  {%- set filter = changes.get('row_filter') -%}
  {%- if filter and filter.is_change and (filter.should_unset or filter.function) -%}
    {%- do statements.append(alter_drop_row_filter(relation) if filter.should_unset else alter_set_row_filter(relation, filter)) -%}
  {%- endif -%}
  {%- if not adapter.get_config_from_model(config.model).config['refresh'].auto_refreshed -%}
    {%- do statements.append(refresh_materialized_view(relation)) -%}
  {%- endif -%}
  {%- do return(statements) -%}
{% endmacro %}

{% macro get_alter_mv_internal(relation, configuration_changes) -%}
  {%- set refresh = configuration_changes.changes['refresh'] -%}
  {%- if refresh -%}
    ALTER MATERIALIZED VIEW {{ relation.render() }} {{ get_alter_sql_refresh_schedule(refresh) }}
  {%- endif -%}
{%- endmacro %}
