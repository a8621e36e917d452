{# Settings that a node's config and the command line share. #}

{% macro set_sql_header(config) %}{% do config.set('sql_header', caller()) %}{% endmacro %}

{# The node's own setting wins over the flag. #}
{% macro should_full_refresh() %}
  {%- set own = config.get('full_refresh') -%}
  {%- do return(flags.FULL_REFRESH if own is none else own) -%}
{% endmacro %}

{% macro should_store_failures() %}
  {%- set own = config.get('store_failures') -%}
  {%- do return(flags.STORE_FAILURES if own is none else own) -%}
{% endmacro %}
