{#
  Fill the raw tables from a folder of CSV files, one for each source table:
  `<raw_data_dir>/<loader schema>/<table>.csv`.

      headwater run-operation load_raw_data
      headwater run-operation load_raw_data --args '{raw_data_dir: tests/golden/raw, fill_missing_columns: true}'

  Tables and column types are those that the source files under models/sources declare. A table without a
  file is made empty. A table with a file has the file's columns, as a loader would deliver them;
  `fill_missing_columns` adds the declared columns that the file lacks, with NULL in them. The results of
  earlier runs (source `run_artifacts`, see `load_run_artifacts`) are kept.

  A relative folder is taken from the working directory. PostgreSQL reads the files on its server and wants
  an absolute one.
#}
{% macro load_raw_data(raw_data_dir=none, fill_missing_columns=false) %}
    {%- set folder = raw_data_dir or var('raw_data_dir') -%}
    {%- set schemas = [] -%}
    {%- set loaded = [] -%}

    {%- for source in graph.sources.values() | sort(attribute='unique_id') if source.columns -%}
        {%- if source.schema not in schemas -%}
            {%- do adapter.create_schema(api.Relation.create(database=source.database, schema=source.schema)) -%}
            {%- do schemas.append(source.schema) -%}
        {%- endif -%}

        {%- set path = folder ~ '/' ~ source.schema ~ '/' ~ source.identifier ~ '.csv' -%}
        {%- set delivered = raw_file_columns(path) -%}
        {%- set relation = api.Relation.create(
            database=source.database, schema=source.schema, identifier=source.identifier, type='table'
        ) -%}
        {%- set columns = raw_table_columns(source.columns, delivered, fill_missing_columns) -%}
        {%- if delivered or not (source.source_name == 'run_artifacts' and load_relation(relation) is not none) -%}
            {%- do create_raw_table(relation, columns) -%}
        {%- endif -%}
        {%- if delivered -%}
            {%- do copy_raw_file(relation, path, delivered, columns) -%}
            {%- do loaded.append(source.identifier) -%}
        {%- endif -%}
    {%- endfor -%}

    {%- do commit_raw_data() -%}
    {%- do log("Loaded " ~ loaded | length ~ " raw tables from " ~ folder, info=true) -%}
{% endmacro %}


{# Name to type of the columns to create. A delivered column that nobody declared is text. #}
{% macro raw_table_columns(declared, delivered, fill_missing_columns) %}
    {%- set columns = {} -%}
    {%- for name in delivered -%}
        {%- do columns.update({name: declared[name].data_type if name in declared else 'varchar'}) -%}
    {%- endfor -%}
    {%- if fill_missing_columns or not delivered -%}
        {%- for column in declared.values() if column.name not in columns -%}
            {%- do columns.update({column.name: column.data_type}) -%}
        {%- endfor -%}
    {%- endif -%}
    {{ return(columns) }}
{% endmacro %}


{% macro create_raw_table(relation, columns) %}
    {%- set definition -%}
        {%- for name, type in columns.items() -%}
            {{ adapter.quote(name) }} {{ type }}{{ ", " if not loop.last }}
        {%- endfor -%}
    {%- endset -%}
    {%- do adapter.drop_relation(relation) -%}
    {%- do run_raw_data_statement("create table " ~ relation ~ " (" ~ definition ~ ")") -%}
{% endmacro %}


{# The column names in a file's first line; an empty list when there is no file. #}
{% macro raw_file_columns(path) %}
    {{ return(adapter.dispatch('raw_file_columns')(path)) }}
{% endmacro %}


{% macro default__raw_file_columns(path) %}
    {%- if run_query("select count(*) from glob('" ~ path ~ "')").columns[0].values()[0] == 0 -%}
        {{ return([]) }}
    {%- endif -%}
    {%- set described = run_query("describe select * from " ~ raw_file_reader(path)) -%}
    {{ return(described.columns[0].values() | list) }}
{% endmacro %}


{% macro postgres__raw_file_columns(path) %}
    {%- set found = run_query("select (pg_stat_file('" ~ path ~ "', true)).size") -%}
    {%- if found.columns[0].values()[0] is none -%}
        {{ return([]) }}
    {%- endif -%}
    {%- set header = run_query("select split_part(pg_read_file('" ~ path ~ "', 0, 65536), chr(10), 1)") -%}
    {{ return(header.columns[0].values()[0].strip().replace('"', '').split(',')) }}
{% endmacro %}


{# Fill a new raw table. An empty field is NULL, a quoted empty one is an empty text. #}
{% macro copy_raw_file(relation, path, delivered, columns) %}
    {{ return(adapter.dispatch('copy_raw_file')(relation, path, delivered, columns)) }}
{% endmacro %}


{% macro default__copy_raw_file(relation, path, delivered, columns) %}
    {%- set statement -%}
        insert into {{ relation }} ({% for name in delivered %}{{ adapter.quote(name) }}{{ ", " if not loop.last }}{% endfor %})
        select
            {%- for name in delivered %}
            cast({{ adapter.quote(name) }} as {{ columns[name] }}){{ "," if not loop.last }}
            {%- endfor %}
        from {{ raw_file_reader(path) }}
    {%- endset -%}
    {%- do run_raw_data_statement(statement) -%}
{% endmacro %}


{% macro postgres__copy_raw_file(relation, path, delivered, columns) %}
    {%- set names -%}
        {%- for name in delivered %}{{ adapter.quote(name) }}{{ ", " if not loop.last }}{% endfor -%}
    {%- endset -%}
    {%- do run_raw_data_statement(
        "copy " ~ relation ~ " (" ~ names ~ ") from '" ~ path ~ "' (format csv, header true)"
    ) -%}
{% endmacro %}


{# DuckDB's reader, told everything, so that it guesses nothing. #}
{% macro raw_file_reader(path) -%}
    read_csv(
        '{{ path }}', header = true, all_varchar = true, delim = ',', quote = '"', escape = '"',
        nullstr = '', allow_quoted_nulls = false
    )
{%- endmacro %}


{# PostgreSQL opens a transaction by itself outside of a model, and nobody would close it. #}
{% macro run_raw_data_statement(sql) %}
    {{ return(adapter.dispatch('run_raw_data_statement')(sql)) }}
{% endmacro %}


{% macro default__run_raw_data_statement(sql) %}
    {%- do run_query(sql) -%}
{% endmacro %}


{% macro postgres__run_raw_data_statement(sql) %}
    {%- do run_query("begin; " ~ sql ~ "; commit;") -%}
{% endmacro %}


{# Keep what was written, also where looking up a relation has opened a transaction. #}
{% macro commit_raw_data() %}
    {{ return(adapter.dispatch('commit_raw_data')()) }}
{% endmacro %}


{% macro default__commit_raw_data() %}
    {%- do adapter.commit() -%}
{% endmacro %}


{% macro postgres__commit_raw_data() %}
    {# each statement has committed itself #}
{% endmacro %}
