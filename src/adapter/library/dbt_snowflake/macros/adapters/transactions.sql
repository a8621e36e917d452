{# Transactions and privileges. Connections commit by themselves, so statements that belong together say so. #}

{% macro snowflake_dml_explicit_transaction(dml) %}
  {%- set wrapped -%}
    begin;
    {{ dml }};
    commit;
  {%- endset -%}
  {%- do return(wrapped) -%}
{% endmacro %}

{% macro snowflake__truncate_relation(relation) %}
  {%- set dml = 'truncate table ' ~ relation.render() -%}
  {%- call statement('truncate_relation') -%}
    {{ dml if snowflake__is_catalog_linked_database(relation=config.model) else snowflake_dml_explicit_transaction(dml) }}
  {%- endcall -%}
{% endmacro %}

{% macro snowflake__copy_grants() %}{{ return(config.get('copy_grants', False)) }}{% endmacro %}

{% macro snowflake__support_multiple_grantees_per_dcl_statement() %}{{ return(False) }}{% endmacro %}
