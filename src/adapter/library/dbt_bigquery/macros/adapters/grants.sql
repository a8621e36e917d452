{# Privileges, and authorised views. #}

{# Those of others; the current user's own are left out. #}
{% macro bigquery__get_show_grant_sql(relation) %}
  {%- set placed = relation.incorporate(location=adapter.get_dataset_location(relation)) -%}
  select privilege_type, grantee
  from {{ placed.information_schema('OBJECT_PRIVILEGES') }}
  where object_schema = "{{ placed.dataset }}"
    and object_name = "{{ placed.identifier }}"
    and split(grantee, ':')[offset(1)] != session_user()
{%- endmacro %}

{% macro bigquery__get_grant_sql(relation, privilege, grantee) -%}
  grant `{{ privilege }}` on {{ relation.type }} {{ relation }} to {{ '"' ~ grantee | join('", "') ~ '"' }}
{%- endmacro %}

{% macro bigquery__get_revoke_sql(relation, privilege, grantee) -%}
  revoke `{{ privilege }}` on {{ relation.type }} {{ relation }} from {{ '"' ~ grantee | join('", "') ~ '"' }}
{%- endmacro %}

{# Lets a view read another dataset. #}
{% macro grant_access_to(entity, entity_type, role, grant_target_dict) %}
  {%- do adapter.grant_access_to(entity, entity_type, role, grant_target_dict) -%}
{% endmacro %}
