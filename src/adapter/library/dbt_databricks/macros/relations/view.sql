{# Views: replaced, or altered where the config asks for that. #}

{% macro databricks__create_view_as(relation, sql) %}
  {%- if column_mask_exists() -%}
    {%- do exceptions.raise_compiler_error('Column masks are not supported for views.') -%}
  {%- elif row_filter_exists() -%}
    {%- do exceptions.raise_compiler_error('Row filters are not supported for views.') -%}
  {%- endif -%}
  {%- do log('Creating view ' ~ relation) -%}
  {%- if config.get('contract').enforced -%}
    {%- do get_assert_columns_equivalent(sql) -%}
  {%- endif -%}
  {%- set commented = get_columns_in_query(sql) if config.persist_column_docs() else [] -%}
  create or replace view {{ relation.render() }}
  {{ '( ' ~ get_persist_docs_column_list(model.columns, commented) ~ ' )' if commented }}
  {{ comment_clause() }}
  {{ tblproperties_clause() }}
  as (
    {{ sql }}
  )
{% endmacro %}

{% macro databricks__get_replace_view_sql(target_relation, sql) %}{{ create_view_as(target_relation, sql) }}{% endmacro %}

{% macro get_column_comment_sql(column_name, column_dict) %}
  {%- set described = column_name in column_dict and column_dict[column_name]['description'] -%}
  {{ adapter.quote(column_name) }}{{ " comment '" ~ column_dict[column_name]['description'] | replace("'", "\\'") ~ "'" if described }}
{%- endmacro %}

{% macro get_persist_docs_column_list(model_columns, query_columns) %}
  {%- for name in query_columns -%}
    {{ get_column_comment_sql(name, model_columns) }}{{ ',\n\t' if not loop.last }}
  {%- endfor -%}
{% endmacro %}

{# Changes what differs. A new query takes the column comments away, so they are written again. #}
{% macro alter_view(target_relation, changes) %}
  {%- do log('Updating view via ALTER') -%}
  {%- do return(adapter.dispatch('alter_view', 'dbt')(target_relation, changes)) -%}
{% endmacro %}
{% macro databricks__alter_view(target_relation, changes) %}
  {%- if changes.get('tags') -%}{%- do apply_tags(target_relation, changes.get('tags').set_tags) -%}{%- endif -%}
  {%- if changes.get('tblproperties') -%}{%- do apply_tblproperties(target_relation, changes.get('tblproperties').tblproperties) -%}{%- endif -%}
  {%- if changes.get('query') -%}
    {%- do alter_query(target_relation, changes.get('query').query) -%}
    {%- if config.persist_column_docs() and model.columns -%}
      {%- do alter_column_comment(target_relation, adapter.get_persist_doc_columns(adapter.get_columns_in_relation(target_relation), model.columns)) -%}
    {%- endif -%}
  {%- endif -%}
  {%- if changes.get('column_comments') -%}{%- do alter_column_comments(target_relation, changes.get('column_comments').comments) -%}{%- endif -%}
  {%- if changes.get('column_tags') -%}{%- do apply_column_tags(target_relation, changes.get('column_tags')) -%}{%- endif -%}
{% endmacro %}

{% macro alter_query(target_relation, query) %}
  {%- do log('Altering query') -%}
  {%- if query -%}
    {%- call statement('main') -%}
      {{ get_alter_query_sql(target_relation, query) }}
    {%- endcall -%}
  {%- endif -%}
{% endmacro %}

{% macro get_alter_query_sql(target_relation, query) -%}
  ALTER {{ target_relation.type.render_for_alter() }} {{ target_relation.render() }} AS (
    {{ query }}
  )
{%- endmacro %}
