{# Snapshots, and the unique test, whose column must not share its name with the alias. #}

{% macro bigquery__snapshot_hash_arguments(args) -%}
  to_hex(md5(concat(
  {%- for arg in args -%}
    coalesce(cast({{ arg }} as string), ''){{ ", '|', " if not loop.last }}
  {%- endfor -%}
  )))
{%- endmacro %}

{% macro bigquery__create_columns(relation, columns) %}{% do adapter.alter_table_add_columns(relation, columns) %}{% endmacro %}

{% macro bigquery__post_snapshot(staging_relation) %}{% do drop_relation(staging_relation) %}{% endmacro %}

{% macro bigquery__test_unique(model, column_name) %}
with dbt_test__target as (
  select {{ column_name }} as unique_field
  from {{ model }}
  where {{ column_name }} is not null
)
select unique_field, count(*) as n_records
from dbt_test__target
group by unique_field
having count(*) > 1
{% endmacro %}
