{# COPY INTO: files into a table, each once. #}

{% macro databricks_copy_into(
    target_table,
    source,
    file_format,
    expression_list=none,
    source_credential=none,
    source_encryption=none,
    validate=none,
    files=none,
    pattern=none,
    format_options=none,
    copy_options=none
) %}
  {%- if files and pattern -%}
    {%- do exceptions.raise_compiler_error("Give either 'files' or 'pattern'") -%}
  {%- endif -%}
  {%- set exists, target_relation = get_or_create_relation(database=target.database, schema=target.schema, identifier=target_table, type='table') -%}
  {# Each group of settings as `name ( 'key' = 'value', … )`. #}
  {%- set groups = {} -%}
  {%- for name, settings in {'credential': source_credential, 'encryption': source_encryption, 'format_options': format_options, 'copy_options': copy_options}.items() -%}
    {%- set pairs = [] -%}
    {%- for key, value in (settings or {}).items() -%}{%- do pairs.append("'" ~ key ~ "' = '" ~ value ~ "'") -%}{%- endfor -%}
    {%- do groups.update({name: name ~ ' ( ' ~ pairs | join(', ') ~ ' )' if pairs else ''}) -%}
  {%- endfor -%}
  {%- set query -%}
    copy into {{ target_relation }}
    from {{ "( select " ~ expression_list ~ " from '" ~ source ~ "' )" if expression_list else "'" ~ source ~ "'" }}
    {{ 'WITH ( ' ~ groups.credential ~ ' ' ~ groups.encryption ~ ' )' if source_credential or source_encryption }}
    fileformat = {{ file_format }}
    {{ 'validate ' ~ validate if validate }}
    {{ "files = ('" ~ files | join("', '") ~ "')" if files }}
    {{ "pattern = '" ~ pattern ~ "'" if pattern }}
    {{ groups.format_options }}
    {{ groups.copy_options }}
  {%- endset -%}
  {%- do run_query_as(query, 'copy_into', fetch_result=False) -%}
{% endmacro %}
