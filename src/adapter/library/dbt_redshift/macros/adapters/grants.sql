{# Privileges. With the extended form, grantees carry their kind: `user:`, `group:` or `role:`; without one they are users. #}

{% macro redshift__normalize_grants_dict(grants_dict) %}
  {%- set normalized = {} -%}
  {%- for privilege, grantees in grants_dict.items() -%}
    {%- set names = [] -%}
    {%- for grantee in grantees -%}
      {%- set has_kind = grantee.startswith('user:') or grantee.startswith('group:') or grantee.startswith('role:') -%}
      {%- do names.append(grantee if has_kind else 'user:' ~ grantee) -%}
    {%- endfor -%}
    {%- do normalized.update({privilege: names}) -%}
  {%- endfor -%}
  {%- do return(normalized) -%}
{% endmacro %}

{% macro redshift__apply_grants(relation, grant_config, should_revoke=True) %}
  {%- if grant_config -%}
    {%- set wanted = redshift__normalize_grants_dict(grant_config) if redshift__use_grants_extended() else grant_config -%}
    {%- do default__apply_grants(relation, wanted, should_revoke) -%}
  {%- endif -%}
{% endmacro %}

{# SHOW reaches other databases; the system view tells groups from roles, in this database; the last form sees users alone. #}
{% macro redshift__get_show_grant_sql(relation) %}
  {%- if redshift__use_show_apis() -%}
    SHOW GRANTS ON TABLE {{ adapter.quote(relation.database) }}.{{ adapter.quote(relation.schema) }}.{{ adapter.quote(relation.identifier) }}
  {%- elif redshift__use_grants_extended() -%}
    select identity_name, identity_type, privilege_type
    from svv_relation_privileges
    where namespace_name = '{{ relation.schema }}'
      and relation_name = '{{ relation.identifier }}'
      and not (identity_type = 'user' and identity_name = current_user)
  {%- else -%}
    with privileges as (
      {%- for privilege in ('select', 'insert', 'update', 'delete', 'references') %}
      {{ 'union all' if not loop.first }} select '{{ privilege }}' as privilege_type
      {%- endfor %}
    )
    select pg_user.usename as grantee, privileges.privilege_type
    from pg_user
    cross join privileges
    where has_table_privilege(pg_user.usename, '{{ relation }}', privilege_type)
      and pg_user.usename != current_user
      and not pg_user.usesuper
  {%- endif -%}
{% endmacro %}

{# Grantees as GRANT and REVOKE take them. #}
{% macro redshift__format_grantees(grantees) %}
  {%- set formatted = [] -%}
  {%- for grantee in grantees -%}
    {%- set kind = grantee.split(':')[0] -%}
    {%- if kind in ('user', 'group', 'role') and ':' in grantee -%}
      {%- set name = grantee[kind | length + 1:] -%}
      {%- do formatted.append(name if kind == 'user' else kind | upper ~ ' ' ~ name) -%}
    {%- else -%}
      {%- do formatted.append(grantee) -%}
    {%- endif -%}
  {%- endfor -%}
  {%- do return(formatted) -%}
{% endmacro %}

{% macro redshift__get_grant_sql(relation, privilege, grantees) %}
  {%- if not redshift__use_grants_extended() -%}
    {%- do return(default__get_grant_sql(relation, privilege, grantees)) -%}
  {%- endif -%}
  grant {{ privilege }} on {{ relation.render() }} to {{ redshift__format_grantees(grantees) | join(', ') }}
{%- endmacro %}

{% macro redshift__get_revoke_sql(relation, privilege, grantees) %}
  {%- if not redshift__use_grants_extended() -%}
    {%- do return(default__get_revoke_sql(relation, privilege, grantees)) -%}
  {%- endif -%}
  revoke {{ privilege }} on {{ relation.render() }} from {{ redshift__format_grantees(grantees) | join(', ') }}
{%- endmacro %}

{# Unit tests: a column's type comes from the first row's value, so that row must have no nulls. #}
{% macro redshift__validate_fixture_rows(rows, row_number) %}
  {%- if rows and none in rows[0].values() | list -%}
    {%- set fixture = 'expected output' if model.resource_type == 'unit_test' else "'" ~ model.name ~ "'" -%}
    {%- do exceptions.raise_compiler_error('Unit test fixture ' ~ fixture ~ ' in ' ~ model.name ~ ' does not have any row free of null values, which may cause type mismatch errors during unit test execution.') -%}
  {%- endif -%}
{% endmacro %}
