{# Seeds: DuckDB reads the file itself, unless `fast` is off. #}

{% macro duckdb__get_binding_char() %}{{ return(adapter.get_binding_char()) }}{% endmacro %}

{% macro duckdb__get_batch_size() %}{{ return(10000) }}{% endmacro %}

{% macro duckdb__load_csv_rows(model, agate_table) %}
  {%- if not config.get('fast', true) -%}
    {%- do return(default__load_csv_rows(model, adapter.convert_datetimes_to_strs(agate_table))) -%}
  {%- endif -%}
  {%- set path = adapter.get_seed_file_path(model) -%}
  {%- set copy = 'COPY ' ~ this.render() ~ " FROM '" ~ path ~ "' (FORMAT CSV, HEADER TRUE, DELIMITER '" ~ config.get('delimiter', ',') ~ "')" -%}
  {%- do adapter.add_query(copy, abridge_sql_log=True) -%}
  {%- do return(copy) -%}
{% endmacro %}
