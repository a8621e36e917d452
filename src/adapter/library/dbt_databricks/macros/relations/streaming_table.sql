{# Streaming tables: each input row is read once. #}

{% macro get_create_streaming_table_as_sql(relation, sql) %}{{ return(adapter.dispatch('get_create_streaming_table_as_sql', 'dbt')(relation, sql)) }}{% endmacro %}

{# The columns are asked for by way of a temporary view, which cannot stream. The table takes no constraints of its own. #}
{% macro databricks__get_create_streaming_table_as_sql(relation, sql) %}
  {%- set settings = adapter.get_config_from_model(config.model).config -%}
  {%- set temp = make_temp_relation(relation) -%}
  {%- call statement('create_temp_view') -%}
    {{ create_temporary_view(temp, (sql | replace('STREAM ', '') | replace('stream ', '')).rstrip('; \n\t')) }}
  {%- endcall -%}
  {%- set contract = config.get('contract') -%}
  {%- set parsed = adapter.parse_columns_and_constraints(
    adapter.get_columns_in_relation(temp), model.get('columns', {}), [], contract and contract.enforced, model.name
  ) -%}
  CREATE STREAMING TABLE {{ relation.render() }}
  {{ get_column_and_constraints_sql(relation, parsed[0]) }}
  {{ get_create_row_filter_clause(relation) }}
  {{ get_create_sql_partition_by(settings['partition_by'].partition_by) }}
  {{ liquid_clustered_cols() }}
  {{ get_create_sql_comment(settings['comment'].comment) }}
  {{ get_create_sql_tblproperties(settings['tblproperties'].tblproperties) }}
  {{ get_create_sql_refresh_schedule(settings['refresh']) }}
  AS {{ sql }}
{% endmacro %}

{% macro refresh_streaming_table(relation, sql) %}{{ return(adapter.dispatch('refresh_streaming_table', 'dbt')(relation, sql)) }}{% endmacro %}
{% macro databricks__refresh_streaming_table(relation, sql) -%}
  refresh streaming table {{ relation.render() }}
{%- endmacro %}

{% macro get_alter_streaming_table_as_sql(
    relation, configuration_changes, sql, existing_relation, backup_relation, intermediate_relation
) %}
  {%- do log('Applying ALTER to: ' ~ relation) -%}
  {%- do return(adapter.dispatch('get_alter_streaming_table_as_sql', 'dbt')(
    relation, configuration_changes, sql, existing_relation, backup_relation, intermediate_relation
  )) -%}
{% endmacro %}

{% macro databricks__get_alter_streaming_table_as_sql(
    relation, configuration_changes, sql, existing_relation, backup_relation, intermediate_relation
) %}
  {%- if configuration_changes.requires_full_refresh -%}
    {%- set replacement = get_replace_sql(existing_relation, relation, sql) -%}
    {%- set replacement = [replacement] if replacement is string else replacement | list -%}
    {%- do return(replacement + get_set_tag_statements(relation, config.get('databricks_tags'), adapter.get_column_tags_from_model(config.model))) -%}
  {%- endif -%}

  {%- set changes = configuration_changes.changes -%}
  {%- set statements = [] -%}
  {%- for code in (get_create_st_internal(relation, configuration_changes, sql), get_alter_st_internal(relation, configuration_changes)) if code -%}
    {%- do statements.append(code) -%}
  {%- endfor -%}
  {%- set tags = changes.get('tags') -%}
  {%- do statements.extend(get_set_tag_statements(relation, tags.set_tags if tags else none, changes.get('column_tags'))) -%}
  {%- set filter = changes.get('row_filter') -%}
  {%- if filter and filter.is_change and (filter.should_unset or filter.function) -%}
    {%- do statements.append(alter_drop_row_filter(relation) if filter.should_unset else alter_set_row_filter(relation, filter)) -%}
  {%- endif -%}
  {%- do return(statements) -%}
{% endmacro %}

{# CREATE OR REFRESH with those settings that have changed. #}
{% macro get_create_st_internal(relation, configuration_changes, sql) %}
  {%- set changes = configuration_changes.changes -%}
  {%- set partition_by = changes['partition_by'].partition_by -%}
  {%- set properties = changes['tblproperties'].tblproperties -%}
  {%- set comment = changes['comment'].comment -%}
  CREATE OR REFRESH STREAMING TABLE {{ relation.render() }}
  {{ get_create_sql_partition_by(partition_by) if partition_by }}
  {{ liquid_clustered_cols() }}
  {{ get_create_sql_comment(comment) if comment }}
  {{ get_create_sql_tblproperties(properties) if properties }}
  AS {{ sql }}
{% endmacro %}

{% macro get_alter_st_internal(relation, configuration_changes) -%}
  {%- set refresh = configuration_changes.changes['refresh'] -%}
  {%- if refresh and (refresh.cron or refresh.every or refresh.on_update) -%}
    ALTER STREAMING TABLE {{ relation.render() }} ADD {{ get_create_sql_refresh_schedule(refresh) }}
  {%- endif -%}
{%- endmacro %}
