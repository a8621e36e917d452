{# The `grants` config: who may do what with a table. #}

{# Does a replaced table inherit the privileges of the one before it? Yes is the careful answer: it costs one query. #}
{% macro copy_grants() %}{{ return(adapter.dispatch('copy_grants', 'dbt')()) }}{% endmacro %}
{% macro default__copy_grants() %}{{ return(True) }}{% endmacro %}

{# Does one statement take several grantees? #}
{% macro support_multiple_grantees_per_dcl_statement() %}{{ return(adapter.dispatch('support_multiple_grantees_per_dcl_statement', 'dbt')()) }}{% endmacro %}
{% macro default__support_multiple_grantees_per_dcl_statement() %}{{ return(True) }}{% endmacro %}

{# Are there old privileges to take back: none on a new table; on a kept one always; on a replaced one as copy_grants says. #}
{% macro should_revoke(existing_relation, full_refresh_mode=True) %}
  {%- if not existing_relation -%}
    {%- do return(False) -%}
  {%- endif -%}
  {%- do return(copy_grants() if full_refresh_mode else True) -%}
{% endmacro %}

{% macro get_show_grant_sql(relation) %}{{ return(adapter.dispatch('get_show_grant_sql', 'dbt')(relation)) }}{% endmacro %}
{% macro default__get_show_grant_sql(relation) -%}
  show grants on {{ relation.render() }}
{%- endmacro %}

{% macro get_grant_sql(relation, privilege, grantees) %}{{ return(adapter.dispatch('get_grant_sql', 'dbt')(relation, privilege, grantees)) }}{% endmacro %}
{% macro default__get_grant_sql(relation, privilege, grantees) -%}
  grant {{ privilege }} on {{ relation.render() }} to {{ grantees | join(', ') }}
{%- endmacro %}

{% macro get_revoke_sql(relation, privilege, grantees) %}{{ return(adapter.dispatch('get_revoke_sql', 'dbt')(relation, privilege, grantees)) }}{% endmacro %}
{% macro default__get_revoke_sql(relation, privilege, grantees) -%}
  {%- set names = [] -%}
  {%- for grantee in grantees -%}{%- do names.append(adapter.quote(grantee)) -%}{%- endfor -%}
  revoke {{ privilege }} on {{ relation.render() }} from {{ names | join(', ') }}
{%- endmacro %}

{# One statement a privilege, or one a privilege and grantee. `get_dcl_macro` is get_grant_sql or get_revoke_sql. #}
{% macro get_dcl_statement_list(relation, grant_config, get_dcl_macro) %}
  {{- return(adapter.dispatch('get_dcl_statement_list', 'dbt')(relation, grant_config, get_dcl_macro)) -}}
{% endmacro %}
{% macro default__get_dcl_statement_list(relation, grant_config, get_dcl_macro) %}
  {%- set several = support_multiple_grantees_per_dcl_statement() -%}
  {%- set statements = [] -%}
  {%- for privilege, grantees in grant_config.items() if grantees -%}
    {%- if several -%}
      {%- do statements.append(get_dcl_macro(relation, privilege, grantees)) -%}
    {%- else -%}
      {%- for grantee in grantees -%}
        {%- do statements.append(get_dcl_macro(relation, privilege, [grantee])) -%}
      {%- endfor -%}
    {%- endif -%}
  {%- endfor -%}
  {%- do return(statements) -%}
{% endmacro %}

{# All at once; warehouses that take one statement at a time override this. #}
{% macro call_dcl_statements(dcl_statement_list) %}{{ return(adapter.dispatch('call_dcl_statements', 'dbt')(dcl_statement_list)) }}{% endmacro %}
{% macro default__call_dcl_statements(dcl_statement_list) %}
  {%- call statement('grants') -%}
    {%- for dcl in dcl_statement_list %}
      {{ dcl }};
    {%- endfor -%}
  {%- endcall -%}
{% endmacro %}

{# Brings the warehouse's privileges in line with the config. Without old privileges to take back, it simply grants. #}
{% macro apply_grants(relation, grant_config, should_revoke) %}{{ return(adapter.dispatch('apply_grants', 'dbt')(relation, grant_config, should_revoke)) }}{% endmacro %}
{% macro default__apply_grants(relation, grant_config, should_revoke=True) %}
  {%- if grant_config -%}
    {%- set surplus = {} -%}
    {%- set lacking = grant_config -%}
    {%- if should_revoke -%}
      {%- set held = adapter.standardize_grants_dict(run_query(get_show_grant_sql(relation))) -%}
      {%- set surplus = diff_of_two_dicts(held, grant_config) -%}
      {%- set lacking = diff_of_two_dicts(grant_config, held) -%}
      {%- if not surplus and not lacking -%}
        {%- do log('Grants on ' ~ relation.render() ~ ' already match') -%}
      {%- endif -%}
    {%- endif -%}
    {%- set statements = get_dcl_statement_list(relation, surplus, get_revoke_sql) + get_dcl_statement_list(relation, lacking, get_grant_sql) -%}
    {%- if statements -%}{%- do call_dcl_statements(statements) -%}{%- endif -%}
  {%- endif -%}
{% endmacro %}
