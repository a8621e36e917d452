{# Raw tables of a schema that are missing, for a test. #}
{% macro raw_table_existence(schema, tables) -%}

with expected as (

    {{ rows_of_text('table_name', tables) }}

)

select expected.table_name
from expected
left join information_schema.tables as found
    on lower(found.table_schema) = lower('{{ schema }}')
    and lower(found.table_name) = lower(expected.table_name)
    and found.table_catalog = current_database()
where found.table_name is null

{%- endmacro %}


{# Columns of a raw table that are missing, for a test. #}
{% macro raw_column_existence(schema, table, columns) -%}

with expected as (

    {{ rows_of_text('column_name', columns) }}

)

select expected.column_name
from expected
left join information_schema.columns as found
    on lower(found.table_schema) = lower('{{ schema }}')
    and lower(found.table_name) = lower('{{ table }}')
    and lower(found.column_name) = lower(expected.column_name)
    and found.table_catalog = current_database()
where found.column_name is null

{%- endmacro %}


{# A declared source as the graph holds it: schema, identifier, columns. #}
{% macro declared_source(source_name, table_name) %}
    {%- if execute -%}
        {%- for source in graph.sources.values()
            if source.source_name == source_name and source.name == table_name -%}
            {{ return(source) }}
        {%- endfor -%}
    {%- endif -%}
    {{ return({'schema': '', 'identifier': '', 'columns': {}}) }}
{% endmacro %}


{# `raw_table_existence` for every table that a source declares. #}
{% macro source_tables_exist(source_name) -%}
    {%- set schemas = [] -%}
    {%- set tables = [] -%}
    {%- if execute -%}
        {%- for source in graph.sources.values() | sort(attribute='unique_id') if source.source_name == source_name -%}
            {%- do schemas.append(source.schema) -%}
            {%- do tables.append(source.identifier) -%}
        {%- endfor -%}
    {%- endif -%}
    {{ raw_table_existence(schemas | first, tables) }}
{%- endmacro %}


{# `raw_column_existence` for every column that a source table declares. #}
{% macro source_columns_exist(source_name, table_name) -%}
    {%- set declared = declared_source(source_name, table_name) -%}
    {{ raw_column_existence(declared.schema, declared.identifier, declared.columns.keys() | list) }}
{%- endmacro %}
