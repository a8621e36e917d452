{# What `emit` writes otherwise. Views are replaced in one statement, as are tables of the formats that can; descriptions are a
   clause of CREATE; what comes in is a view; a seed's values are cast. #}

{% macro spark__emit_make_room(relation) -%}
  {%- set replaced = relation.is_view or (config.get('file_format') in ('delta', 'iceberg') and config.get('materialized') != 'seed') -%}
  {{ 'drop table if exists ' ~ relation if not replaced }}
{%- endmacro %}

{% macro spark__emit_schema(relation) %}
  {%- call statement('create_schema') -%}
    create schema if not exists {{ relation.without_identifier() }}
  {%- endcall -%}
{% endmacro %}

{% macro spark__emit_seed_table(rows) %}{% do create_csv_table(model, rows) %}{% endmacro %}

{% macro spark__emit_seed_slot(type) %}{{ return('cast(%s as ' ~ type ~ ')') }}{% endmacro %}

{% macro spark__emit_drop_incoming(incoming) %}
  {%- call statement('drop_incoming') -%}
drop view {{ incoming }}
  {%- endcall -%}
{% endmacro %}

{% macro spark__emit_docs(target) %}{% endmacro %}

{# The partitions of the new rows make room, or the whole table. Partition columns come last. #}
{% macro spark__emit_overwrite(target, incoming) %}
  {%- set partitioning = config.get('partition_by', none) or [] -%}
  {%- set partitioning = [partitioning] if partitioning is string else partitioning -%}
  {%- set columns = [] -%}
  {%- for column in adapter.get_columns_in_relation(incoming) if column.name not in partitioning -%}
    {%- do columns.append(emit_column(column.name)) -%}
  {%- endfor -%}
  {%- if partitioning -%}
    {%- call statement('only_their_partitions') -%}
set spark.sql.sources.partitionOverwriteMode = dynamic
    {%- endcall -%}
  {%- endif -%}
  {%- call statement('main') -%}
insert overwrite table {{ target }} {{ 'partition (' ~ partitioning | join(', ') ~ ')' if partitioning }}
select {{ (columns + partitioning) | join(', ') }} from {{ incoming }}
  {%- endcall -%}
{% endmacro %}

{# A batch is a partition. #}
{% macro spark__emit_batch(target, incoming) %}{% do emit_overwrite(target, incoming) %}{% endmacro %}

{# Rows can be added to tables alone; text becomes what a column holds as long as the policy lets it. #}
{% macro spark__emit_fixture_relation(home, name) %}
  {%- do return(home.incorporate(path={'identifier': 'unit_' ~ local_md5(name)[:12]}, type='table')) -%}
{% endmacro %}

{% macro spark__emit_fixture_table(fixture, query) %}
  {%- call statement('policy') -%}
set spark.sql.storeAssignmentPolicy = legacy
  {%- endcall -%}
  {%- call statement('drop_fixture') -%}
drop table if exists {{ fixture }}
  {%- endcall -%}
  {%- call statement('fixture') -%}
create table {{ fixture }} as
{{ query }}
  {%- endcall -%}
{% endmacro %}
