{# Whether a model adds to a table that stands, rather than building it. Always no while parsing. #}

{% macro is_incremental() %}
  {%- if not execute -%}
    {%- do return(False) -%}
  {%- endif -%}
  {%- set built = adapter.get_relation(this.database, this.schema, this.table) -%}
  {%- do return(
    built is not none
    and built.type == 'table'
    and model.config.materialized == 'incremental'
    and not should_full_refresh()
  ) -%}
{% endmacro %}
