{# Seeds. A load job makes the table from the file; options are set after it. A file without rows has no job, so its table is made
   by DDL. #}

{% macro bigquery__create_csv_table(model, agate_table) %}
  {%- if agate_table.rows | length == 0 -%}
    {%- set ddl = default__create_csv_table(model, agate_table) -%}
    {%- call statement() -%}
      alter table {{ this.render() }} set {{ bigquery_table_options(config, model, temporary=False) }}
    {%- endcall -%}
    {%- do return(ddl) -%}
  {%- endif -%}
{% endmacro %}

{% macro bigquery__reset_csv_table(model, full_refresh, old_relation, agate_table) %}
  {%- do adapter.drop_relation(old_relation) -%}
  {%- if agate_table.rows | length == 0 -%}
    {%- do return(bigquery__create_csv_table(model, agate_table)) -%}
  {%- endif -%}
{% endmacro %}

{% macro bigquery__load_csv_rows(model, agate_table) %}
  {%- do adapter.load_dataframe(
    model['database'], model['schema'], model['alias'], agate_table, model['config'].get('column_types', {}), model['config']['delimiter']
  ) -%}
  {%- call statement() -%}
    alter table {{ this.render() }} set {{ bigquery_table_options(config, model) }}
  {%- endcall -%}
  {%- if config.persist_relation_docs() and 'description' in model -%}
    {%- do adapter.update_table_description(model['database'], model['schema'], model['alias'], model['description'], 'table') -%}
  {%- endif -%}
{% endmacro %}
