{# Column masks and row filters: functions that hide values and rows from those who may not see them. #}

{% macro fetch_column_masks(relation) %}
  {%- if relation.is_hive_metastore() -%}
    {%- do exceptions.raise_compiler_error('Column masks are not supported for Hive Metastore') -%}
  {%- endif -%}
  {%- call statement('list_column_masks', fetch_result=True) -%}
    {{ fetch_column_masks_sql(relation) }}
  {%- endcall -%}
  {%- do return(load_result('list_column_masks').table) -%}
{% endmacro %}

{% macro fetch_column_masks_sql(relation) -%}
  SELECT column_name, mask_name, using_columns
  FROM `system`.`information_schema`.`column_masks`
  WHERE table_catalog = '{{ relation.database | lower }}'
    AND table_schema = '{{ relation.schema | lower }}'
    AND table_name = '{{ relation.identifier | lower }}';
{%- endmacro %}

{% macro apply_column_masks(relation, column_masks) %}
  {%- if relation.is_hive_metastore() -%}
    {%- do exceptions.raise_compiler_error('Column masks are not supported for Hive Metastore') -%}
  {%- endif -%}
  {%- do log('Applying column masks to relation ' ~ relation) -%}
  {%- for column in column_masks.unset_column_masks or [] -%}
    {%- call statement('main') -%}
      {{ alter_drop_column_mask(relation, column) }}
    {%- endcall -%}
  {%- endfor -%}
  {%- for column, mask in (column_masks.set_column_masks or {}).items() -%}
    {%- call statement('main') -%}
      {{ alter_set_column_mask(relation, column, mask) }}
    {%- endcall -%}
  {%- endfor -%}
{% endmacro %}

{% macro alter_drop_column_mask(relation, column) -%}
  ALTER {{ relation.type.render() }} {{ relation.render() }} ALTER COLUMN `{{ column }}` DROP MASK;
{%- endmacro %}

{% macro alter_set_column_mask(relation, column, mask) -%}
  ALTER {{ relation.type.render() }} {{ relation.render() }} ALTER COLUMN `{{ column }}` SET MASK {{ mask.function }} {{ 'USING COLUMNS (' ~ mask.using_columns ~ ')' if mask.using_columns }};
{%- endmacro %}

{% macro column_mask_exists() %}
  {%- for column in model.columns.values() if column is mapping and column.get('column_mask') -%}
    {%- do return(true) -%}
  {%- endfor -%}
  {%- do return(false) -%}
{% endmacro %}

{% macro fetch_row_filters(relation) %}
  {%- if relation.is_hive_metastore() -%}
    {%- do exceptions.raise_compiler_error('Row filters are not supported for Hive Metastore') -%}
  {%- endif -%}
  {%- call statement('list_row_filters', fetch_result=True) -%}
    {{ fetch_row_filters_sql(relation) }}
  {%- endcall -%}
  {%- do return(load_result('list_row_filters').table) -%}
{% endmacro %}

{% macro fetch_row_filters_sql(relation) -%}
  SELECT table_catalog, table_schema, table_name, filter_name, target_columns
  FROM `{{ relation.database }}`.`information_schema`.`row_filters`
  WHERE table_catalog = '{{ relation.database | lower }}'
    AND table_schema = '{{ relation.schema | lower }}'
    AND table_name = '{{ relation.identifier | lower }}'
{%- endmacro %}

{% macro quote_row_filter_columns(columns) %}{{ '`' ~ columns | join('`, `') ~ '`' if columns }}{% endmacro %}

{# A name of three parts is quoted part by part. #}
{% macro quote_row_filter_function(function) %}
  {%- set parts = function.split('.') -%}
  {{ '`' ~ (parts | join('`.`') if parts | length == 3 else function) ~ '`' }}
{%- endmacro %}

{# A bare name means the table's own schema; one of two parts could mean anything. #}
{% macro qualify_row_filter_function(function, relation) %}
  {%- set parts = function.replace('`', '').split('.') -%}
  {%- if parts | length == 2 -%}
    {%- do exceptions.raise_compiler_error(
      "Row filter function '" ~ function ~ "' has two parts; give its name alone, or with catalog and schema."
    ) -%}
  {%- elif parts | length > 3 -%}
    {%- do exceptions.raise_compiler_error("Row filter function '" ~ function ~ "' has more than three parts.") -%}
  {%- endif -%}
  {{ relation.database ~ '.' ~ relation.schema ~ '.' if parts | length == 1 }}{{ parts | join('.') }}
{%- endmacro %}

{% macro alter_set_row_filter(relation, row_filter) -%}
  ALTER {{ relation.type.render() }} {{ relation.render() }} SET ROW FILTER {{ quote_row_filter_function(row_filter.function) }} ON ({{ quote_row_filter_columns(row_filter.columns) }})
{%- endmacro %}

{% macro alter_drop_row_filter(relation) -%}
  ALTER {{ relation.type.render() }} {{ relation.render() }} DROP ROW FILTER
{%- endmacro %}

{# Brings a standing table in line with a change of its config. #}
{% macro apply_row_filter(target_relation, row_filter) %}
  {%- if target_relation.is_hive_metastore() -%}
    {%- do exceptions.raise_compiler_error('Row filters are not supported for Hive Metastore') -%}
  {%- endif -%}
  {%- if row_filter.is_change and (row_filter.should_unset or row_filter.function) -%}
    {%- call statement('main') -%}
      {{ alter_drop_row_filter(target_relation) if row_filter.should_unset else alter_set_row_filter(target_relation, row_filter) }}
    {%- endcall -%}
  {%- endif -%}
{% endmacro %}

{# CREATE OR REPLACE keeps a filter, so one that the config has lost is dropped before. #}
{% macro drop_row_filter_if_exists(relation) %}
  {%- if not relation.is_hive_metastore() and fetch_row_filters(relation) | length > 0 -%}
    {%- call statement('drop_row_filter') -%}
      {{ alter_drop_row_filter(relation) }}
    {%- endcall -%}
  {%- endif -%}
{% endmacro %}

{% macro get_create_row_filter_clause(relation) %}
  {%- set filter = config.get('row_filter') -%}
  {%- if not filter or not filter.get('function') -%}
    {%- do drop_row_filter_if_exists(relation) -%}
  {%- else -%}
    {%- set columns = filter.get('columns', []) -%}
    {%- set columns = [columns] if columns is string else columns -%}
    {%- if not columns -%}
      {%- do exceptions.raise_compiler_error("Row filter function '" ~ filter.get('function') ~ "' names no 'columns'.") -%}
    {%- endif -%}
    WITH ROW FILTER {{ quote_row_filter_function(qualify_row_filter_function(filter.get('function'), relation)) }} ON ({{ quote_row_filter_columns(columns) }})
  {%- endif -%}
{% endmacro %}

{% macro row_filter_exists() %}
  {%- set filter = config.get('row_filter') -%}
  {%- do return(filter and filter.get('function') and filter.get('columns') and filter.get('columns') | length > 0) -%}
{% endmacro %}
