{# Dropping and renaming, by kind. #}

{% macro redshift__drop_table(relation) -%}
  drop table if exists {{ relation }}{{ ' cascade' if not redshift__drop_without_cascade() }}
{%- endmacro %}

{% macro redshift__drop_view(relation) -%}
  drop view if exists {{ relation }}{{ ' cascade' if not redshift__drop_without_cascade() }}
{%- endmacro %}

{% macro redshift__drop_materialized_view(relation) -%}
  drop materialized view if exists {{ relation }}{{ ' cascade' if not redshift__drop_without_cascade() }}
{%- endmacro %}

{% macro redshift__get_rename_table_sql(relation, new_name) -%}
  alter table {{ relation }} rename to {{ new_name }}
{%- endmacro %}

{# Views are renamed as tables are. #}
{% macro redshift__get_rename_view_sql(relation, new_name) -%}
  alter table {{ relation }} rename to {{ new_name }}
{%- endmacro %}
