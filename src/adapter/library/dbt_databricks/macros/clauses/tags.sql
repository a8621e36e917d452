{# Unity Catalog's tags on tables and columns. #}

{% macro fetch_tags(relation) %}
  {%- if relation.is_hive_metastore() -%}
    {%- do exceptions.raise_compiler_error('Tags are only supported for Unity Catalog') -%}
  {%- endif -%}
  {%- call statement('list_tags', fetch_result=True) -%}
    {{ fetch_tags_sql(relation) }}
  {%- endcall -%}
  {%- do return(load_result('list_tags').table) -%}
{% endmacro %}

{% macro fetch_tags_sql(relation) -%}
  SELECT tag_name, tag_value
  FROM `system`.`information_schema`.`table_tags`
  WHERE catalog_name = '{{ relation.database | lower }}'
    AND schema_name = '{{ relation.schema | lower }}'
    AND table_name = '{{ relation.identifier | lower }}'
{%- endmacro %}

{% macro apply_tags(relation, set_tags) %}
  {%- do log('Applying tags to relation ' ~ set_tags) -%}
  {%- if set_tags and relation.is_hive_metastore() -%}
    {%- do exceptions.raise_compiler_error('Tags are only supported for Unity Catalog') -%}
  {%- elif set_tags -%}
    {%- call statement('main') -%}
      {{ alter_set_tags(relation, set_tags) }}
    {%- endcall -%}
  {%- endif -%}
{% endmacro %}

{% macro alter_set_tags(relation, tags) -%}
  ALTER {{ relation.type.render_for_alter() }} {{ relation.render() }} SET TAGS ( {% for name, value in tags.items() %}'{{ name }}' = '{{ value }}'{{ ', ' if not loop.last }}{% endfor %} )
{%- endmacro %}

{# All tags of a table and its columns, as a list of statements. #}
{% macro get_set_tag_statements(relation, set_tags, column_tags) %}
  {%- set statements = [] -%}
  {%- if set_tags -%}{%- do statements.append(alter_set_tags(relation, set_tags)) -%}{%- endif -%}
  {%- if column_tags and column_tags.set_column_tags -%}
    {%- for column, tags in column_tags.set_column_tags.items() -%}
      {%- do statements.append(alter_set_column_tags(relation, column, tags)) -%}
    {%- endfor -%}
  {%- endif -%}
  {%- do return(statements) -%}
{% endmacro %}

{% macro fetch_column_tags(relation) %}
  {%- if relation.is_hive_metastore() -%}
    {%- do exceptions.raise_compiler_error('Column tags are only supported for Unity Catalog') -%}
  {%- endif -%}
  {%- call statement('list_column_tags', fetch_result=True) -%}
    {{ fetch_column_tags_sql(relation) }}
  {%- endcall -%}
  {%- do return(load_result('list_column_tags').table) -%}
{% endmacro %}

{% macro fetch_column_tags_sql(relation) -%}
  SELECT column_name, tag_name, tag_value
  FROM `system`.`information_schema`.`column_tags`
  WHERE catalog_name = '{{ relation.database | lower }}'
    AND schema_name = '{{ relation.schema | lower }}'
    AND table_name = '{{ relation.identifier | lower }}';
{%- endmacro %}

{% macro apply_column_tags(relation, column_tags) %}
  {%- if relation.is_hive_metastore() -%}
    {%- do exceptions.raise_compiler_error('Column tags are only supported for Unity Catalog') -%}
  {%- endif -%}
  {%- do log('Applying column tags to relation ' ~ relation) -%}
  {%- for column, tags in (column_tags.set_column_tags or {}).items() -%}
    {%- call statement('main') -%}
      {{ alter_set_column_tags(relation, column, tags) }}
    {%- endcall -%}
  {%- endfor -%}
{% endmacro %}

{# A view's columns are tagged as if it were a table. #}
{% macro alter_set_column_tags(relation, column, tags) -%}
  ALTER {{ 'TABLE' if relation.type == 'view' else relation.type.render() }} {{ relation.render() }}
  ALTER COLUMN `{{ column }}`
  SET TAGS ( {% for name, value in tags.items() %}'{{ name }}' = '{{ value }}'{{ ', ' if not loop.last }}{% endfor %} )
{%- endmacro %}

{# All tags of the given columns. #}
{% macro unset_column_tags(relation, columns) %}
  {%- if columns and not relation.is_hive_metastore() -%}
    {%- set wanted = columns | map(attribute='name') | map('lower') | list -%}
    {%- set found = {} -%}
    {%- for row in fetch_column_tags(relation) if row[0] | lower in wanted -%}
      {%- do found.update({row[0]: found.get(row[0], []) + [row[1]]}) -%}
    {%- endfor -%}
    {%- for column, names in found.items() -%}
      {%- call statement('unset_column_tags') -%}
        {{ alter_unset_column_tags(relation, column, names) }}
      {%- endcall -%}
    {%- endfor -%}
  {%- endif -%}
{% endmacro %}

{% macro alter_unset_column_tags(relation, column, tag_names) -%}
  ALTER {{ relation.type.render() }} {{ relation.render() }}
  ALTER COLUMN `{{ column }}`
  UNSET TAGS ('{{ tag_names | join("', '") }}')
{%- endmacro %}

{% macro column_tags_exist() %}
  {%- for column in model.columns.values() if column is mapping and column.get('databricks_tags') -%}
    {%- do return(true) -%}
  {%- endfor -%}
  {%- do return(false) -%}
{% endmacro %}
