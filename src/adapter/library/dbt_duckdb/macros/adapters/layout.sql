{# How DuckLake lays a table's files out: `partitioned_by` and `sorted_by`, and their other spellings. #}

{# The expressions as one text; none where the table gets no layout: temporary and intermediate tables, other catalogs. #}
{% macro duckdb__get_partitioned_by(relation, temporary) %}
  {%- set setting = config.get('partitioned_by', none) or config.get('partition_by', none) -%}
  {%- if temporary or setting is none or setting == '' -%}
    {%- do return(none) -%}
  {%- endif -%}
  {%- set columns = normalize_string_or_list(setting, 'partitioned_by/partition_by') -%}
  {%- if columns | length == 0 -%}
    {%- do exceptions.raise_compiler_error('partitioned_by/partition_by must contain at least one column') -%}
  {%- endif -%}
  {%- if this is defined and config.get('materialized') in ('table', 'incremental') and relation.identifier and this.identifier and relation.identifier != this.identifier -%}
    {%- do return(none) -%}
  {%- elif not adapter.is_ducklake(relation) -%}
    {%- do adapter.warn_once('partitioned_by/partition_by is only supported for DuckLake relations; ignoring for ' ~ relation) -%}
    {%- do return(none) -%}
  {%- endif -%}
  {%- do return(columns | join(', ')) -%}
{% endmacro %}

{% macro duckdb__alter_table_set_partitioned_by(relation, partitioned_by) -%}
  alter table {{ relation }} set partitioned by ({{ partitioned_by }});
{%- endmacro %}

{# The same for sorting; columns only, hence quoted. #}
{% macro duckdb__get_sorted_by(relation, temporary) %}
  {%- set setting = config.get('sorted_by', none) -%}
  {%- if setting is none -%}
    {%- set setting = config.get('sort_by', none) -%}
  {%- endif -%}
  {%- if temporary or setting is none -%}
    {%- do return(none) -%}
  {%- endif -%}
  {%- set columns = normalize_string_or_list(setting, 'sorted_by/sort_by') -%}
  {%- if columns | length == 0 -%}
    {%- do exceptions.raise_compiler_error('sorted_by/sort_by must contain at least one column') -%}
  {%- endif -%}
  {%- if this is defined and config.get('materialized') in ('table', 'incremental') and relation.identifier and this.identifier and relation.identifier != this.identifier -%}
    {%- do return(none) -%}
  {%- elif not adapter.is_ducklake(relation) -%}
    {%- do adapter.warn_once('sorted_by/sort_by is only supported for DuckLake relations; ignoring for ' ~ relation) -%}
    {%- do return(none) -%}
  {%- endif -%}
  {%- set quoted = [] -%}
  {%- for column in columns -%}{%- do quoted.append(adapter.quote(column | replace('"', '""'))) -%}{%- endfor -%}
  {%- do return(quoted | join(', ')) -%}
{% endmacro %}

{% macro duckdb__alter_table_set_sorted_by(relation, sorted_by) -%}
  alter table {{ relation }} set sorted by ({{ sorted_by }});
{%- endmacro %}
