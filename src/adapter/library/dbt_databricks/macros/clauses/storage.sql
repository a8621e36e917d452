{# The clauses of a CREATE TABLE: format, options, place, properties, comment, clustering. Some take the catalog's relation;
   calls from older packages leave it out. #}

{% macro file_format_clause(catalog_relation=none) %}
  {%- set table_format = catalog_relation.table_format if catalog_relation is not none else config.get('table_format', default='default') -%}
  {%- set file_format = catalog_relation.file_format if catalog_relation is not none else adapter.resolve_file_format(config) -%}
  using {{ 'iceberg' if table_format == 'iceberg' and adapter.behavior.use_managed_iceberg else file_format }}
{% endmacro %}

{% macro get_file_format(catalog_relation=none) %}
  {%- do return(dbt_databricks_validate_get_file_format(catalog_relation.file_format if catalog_relation is not none else adapter.resolve_file_format(config))) -%}
{% endmacro %}

{# Hudi names its key in the options; it has to be the model's. #}
{% macro databricks__options_clause(catalog_relation=none) %}
  {%- set format = catalog_relation.file_format if catalog_relation is not none else adapter.resolve_file_format(config) -%}
  {%- set options = config.get('options') -%}
  {%- set key = config.get('unique_key') -%}
  {%- if format == 'hudi' -%}
    {%- if options is not none and 'primaryKey' in options and options['primaryKey'] != key -%}
      {%- do exceptions.raise_compiler_error("unique_key and options('primaryKey') should be the same column(s).") -%}
    {%- elif key is not none -%}
      {%- set options = options if options is not none else {} -%}
      {%- do options.update({'primaryKey': key}) -%}
    {%- endif -%}
  {%- endif -%}
  {%- if options is not none -%}
    options ( {% for name, value in options.items() %}{{ name }} "{{ value }}"{{ ', ' if not loop.last }}{% endfor %} )
  {%- endif -%}
{% endmacro %}

{# The argument may also be a plain relation, from older macros. Unity Catalog wants a place for all formats but Delta. #}
{% macro location_clause(relation) %}
  {%- if relation.catalog_type is not none -%}
    {%- if relation.location is not none -%}
      location '{{ relation.location }}{{ '_tmp' if is_incremental() }}'
    {%- endif -%}
  {%- elif config.get('location_root', validator=validation.any[basestring]) is not none -%}
    location '{{ adapter.compute_external_path(config, model, is_incremental()) }}'
  {%- elif not relation.is_hive_metastore() and adapter.resolve_file_format(config) != 'delta' -%}
    {%- do exceptions.raise_compiler_error('Unity Catalog needs `location_root` for a table that is not delta') -%}
  {%- endif -%}
{% endmacro %}

{% macro tblproperties_clause() %}{{ return(adapter.dispatch('tblproperties_clause', 'dbt')()) }}{% endmacro %}
{% macro databricks__tblproperties_clause(tblproperties=None) %}
  {%- if adapter.is_uniform(config) -%}
    {%- set properties = adapter.update_tblproperties_for_uniform_iceberg(config, tblproperties) -%}
  {%- else -%}
    {%- set properties = tblproperties or config.get('tblproperties', {}) -%}
  {%- endif -%}
  {%- if properties != {} -%}
    tblproperties ( {% for key, value in properties.items() %}'{{ key }}' = '{{ value }}'{{ ', ' if not loop.last }}{% endfor %} )
  {%- endif -%}
{% endmacro %}

{% macro get_create_sql_tblproperties(tblproperties) %}{{ databricks__tblproperties_clause(tblproperties) }}{% endmacro %}

{% macro apply_tblproperties(relation, tblproperties) %}
  {%- set clause = databricks__tblproperties_clause(tblproperties) -%}
  {%- if clause -%}
    {%- call statement('main') -%}
      ALTER {{ relation.type.render_for_alter() }} {{ relation.render() }} SET {{ clause }}
    {%- endcall -%}
  {%- endif -%}
{% endmacro %}

{% macro databricks__comment_clause() %}
  {%- set persisted = config.get('persist_docs', {}) -%}
  {%- if persisted is mapping and persisted.get('relation', false) and model.description -%}
    comment '{{ model.description | replace("'", "\\'") }}'
  {%- elif persisted and persisted is not mapping -%}
    {%- do exceptions.raise_compiler_error("'persist_docs' takes a dictionary, not " ~ persisted) -%}
  {%- endif -%}
{% endmacro %}

{# Backslashes first, or they would swallow the escapes of the quotes. #}
{% macro get_create_sql_comment(comment) -%}
  {%- if comment is string -%}
    COMMENT '{{ comment | replace('\\', '\\\\') | replace("'", "\\'") }}'
  {%- endif -%}
{%- endmacro %}

{% macro get_create_sql_partition_by(partition_by) -%}
  {{ 'PARTITIONED BY (' ~ partition_by | join(', ') ~ ')' if partition_by }}
{%- endmacro %}
