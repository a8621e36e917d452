{# Privileges: one grantee and one statement at a time. #}

{# A replaced view loses them; with tables it depends on the format, so yes is the careful answer. #}
{% macro spark__copy_grants() %}{{ return(config.materialized != 'view') }}{% endmacro %}

{% macro spark__support_multiple_grantees_per_dcl_statement() %}{{ return(False) }}{% endmacro %}

{% macro spark__get_grant_sql(relation, privilege, grantees) -%}
  grant {{ privilege }} on {{ relation }} to {{ adapter.quote(grantees[0]) }}
{%- endmacro %}

{% macro spark__get_revoke_sql(relation, privilege, grantees) -%}
  revoke {{ privilege }} on {{ relation }} from {{ adapter.quote(grantees[0]) }}
{%- endmacro %}

{% macro spark__call_dcl_statements(dcl_statement_list) %}
  {%- for dcl in dcl_statement_list -%}
    {%- call statement('grant_or_revoke') -%}
      {{ dcl }}
    {%- endcall -%}
  {%- endfor -%}
{% endmacro %}
