{# CREATE TABLE, from a query or from declared columns. #}

{# Delta replaces in one statement. #}
{% macro databricks__create_table_as(temporary, relation, compiled_code, language='sql') %}
  {%- if language == 'python' -%}
    {%- do return(databricks__py_write_table(compiled_code=compiled_code, target_relation=relation)) -%}
  {%- elif language == 'sql' and temporary -%}
    {%- do return(create_temporary_view(relation, compiled_code)) -%}
  {%- elif language == 'sql' -%}
    {%- set catalog = adapter.build_catalog_relation(config.model) -%}
    {%- if config.get('contract').enforced -%}
      {%- do get_assert_columns_equivalent(compiled_code) -%}
      {%- set compiled_code = get_select_subquery(compiled_code) -%}
    {%- endif -%}
    create {{ 'or replace table' if catalog.file_format == 'delta' else 'table' }} {{ relation.render() }}
    {{ file_format_clause(catalog) }}
    {{ databricks__options_clause(catalog) }}
    {{ partition_cols(label='partitioned by') }}
    {{ get_create_row_filter_clause(relation) }}
    {{ liquid_clustered_cols() }}
    {{ clustered_cols(label='clustered by') }}
    {{ location_clause(catalog) }}
    {{ comment_clause() }}
    {{ tblproperties_clause() }}
    as
    {{ compiled_code }}
  {%- endif -%}
{% endmacro %}

{# The table with all that its config declares, filled from the intermediate relation. #}
{% macro create_table_at(relation, intermediate_relation, compiled_code) %}
  {%- set parsed = parse_model_columns_and_constraints(adapter.get_columns_in_relation(intermediate_relation)) -%}
  {%- set table = relation.enrich(parsed[1]) -%}
  {%- call statement('main') -%}
    {{ get_create_table_sql(table, parsed[0], compiled_code) }}
  {%- endcall -%}
  {%- do apply_alter_constraints(table) -%}
  {%- do apply_tags(table, config.get('databricks_tags')) -%}
  {%- set column_tags = adapter.get_column_tags_from_model(config.model) -%}
  {%- if column_tags and column_tags.set_column_tags -%}
    {%- do apply_column_tags(table, column_tags) -%}
  {%- endif -%}
  {%- call statement('merge into target') -%}
    insert into {{ table }} by name select * from {{ intermediate_relation }}
  {%- endcall -%}
{% endmacro %}

{% macro get_create_table_sql(target_relation, columns, compiled_code) %}
  {%- set catalog = adapter.build_catalog_relation(config.model) -%}
  {%- if config.get('contract').enforced -%}
    {%- do get_assert_columns_equivalent(compiled_code) -%}
  {%- endif -%}
  create {{ 'or replace table' if catalog.file_format in ('delta', 'iceberg') else 'table' }} {{ target_relation.render() }}
  {{ get_column_and_constraints_sql(target_relation, columns) }}
  {{ file_format_clause(catalog) }}
  {{ databricks__options_clause(catalog) }}
  {{ partition_cols(label='partitioned by') }}
  {{ get_create_row_filter_clause(target_relation) }}
  {{ liquid_clustered_cols() }}
  {{ clustered_cols(label='clustered by') }}
  {{ location_clause(catalog) }}
  {{ comment_clause() }}
  {{ tblproperties_clause() }}
{% endmacro %}

{# The model's rows before they reach the table: a temporary view, or a table that Python writes. #}
{% macro get_create_intermediate_table(relation, compiled_code, language) %}
  {{- create_temporary_view(relation, compiled_code) if language == 'sql' else create_python_intermediate_table(relation, compiled_code) -}}
{% endmacro %}

{# Brings a table that stands in line with its config. Constraints are the contract's, so they wait for one. #}
{% macro apply_config_changeset(target_relation, model, configuration_changes, existing_relation=none) %}
  {%- do log('Applying configuration changes to relation ' ~ target_relation) -%}
  {%- if configuration_changes -%}
    {%- set changes = configuration_changes.changes -%}
    {%- if changes.get('tags') is not none -%}{%- do apply_tags(target_relation, changes.get('tags').set_tags) -%}{%- endif -%}
    {%- if changes.get('tblproperties') is not none -%}{%- do apply_tblproperties(target_relation, changes.get('tblproperties').tblproperties) -%}{%- endif -%}
    {%- if changes.get('liquid_clustering') is not none -%}{%- do apply_liquid_clustered_cols(target_relation, changes.get('liquid_clustering'), existing_relation) -%}{%- endif -%}
    {%- if changes.get('comment') -%}
      {%- do run_query_as(alter_relation_comment_sql(target_relation, changes.get('comment').comment), 'alter_relation_comment', fetch_result=False) -%}
    {%- endif -%}
    {%- if changes.get('column_comments') -%}{%- do alter_column_comments(target_relation, changes.get('column_comments').comments) -%}{%- endif -%}
    {%- if changes.get('column_tags') -%}{%- do apply_column_tags(target_relation, changes.get('column_tags')) -%}{%- endif -%}
    {%- if changes.get('constraints') and config.get('contract').enforced -%}{%- do apply_constraints(target_relation, changes.get('constraints')) -%}{%- endif -%}
    {%- if changes.get('column_masks') -%}{%- do apply_column_masks(target_relation, changes.get('column_masks')) -%}{%- endif -%}
    {%- if changes.get('row_filter') -%}{%- do apply_row_filter(target_relation, changes.get('row_filter')) -%}{%- endif -%}
  {%- endif -%}
{% endmacro %}

{# The difference between a relation as it stands and as its model is configured; none when equal. #}
{% macro get_configuration_changes(existing_relation) %}
  {%- set wanted = adapter.get_config_from_model(config.model) -%}
  {%- do return(wanted.get_changeset(adapter.get_relation_config(existing_relation, wanted))) -%}
{% endmacro %}
