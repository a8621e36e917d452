{# The rows that a snapshot run writes: new versions to insert, old ones to close. #}

{# The first run: every row is a version that holds. #}
{% macro build_snapshot_table(strategy, sql) %}{{ return(adapter.dispatch('build_snapshot_table', 'dbt')(strategy, sql)) }}{% endmacro %}
{% macro default__build_snapshot_table(strategy, sql) %}
  {%- set names = config.get('snapshot_table_column_names') or get_snapshot_table_column_names() -%}
  select *,
    {{ strategy.scd_id }} as {{ names.dbt_scd_id }},
    {{ strategy.updated_at }} as {{ names.dbt_updated_at }},
    {{ strategy.updated_at }} as {{ names.dbt_valid_from }},
    {{ get_dbt_valid_to_current(strategy, names) }}
    {{- ", 'False' as " ~ names.dbt_is_deleted if strategy.hard_deletes == 'new_record' }}
  from (
    {{ sql }}
  ) sbq
{% endmacro %}

{# Later runs: the staging query as a temporary table. #}
{% macro build_snapshot_staging_table(strategy, sql, target_relation) %}
  {%- set staging = make_temp_relation(target_relation) -%}
  {%- set query = snapshot_staging_table(strategy, sql, target_relation) -%}
  {%- call statement('build_snapshot_staging_relation') -%}
    {{ create_table_as(True, staging, query) }}
  {%- endcall -%}
  {%- do return(staging) -%}
{% endmacro %}

{% macro snapshot_staging_table(strategy, source_sql, target_relation) %}
  {{- return(adapter.dispatch('snapshot_staging_table', 'dbt')(strategy, source_sql, target_relation)) -}}
{% endmacro %}

{# Joins the query with the versions that hold. dbt_change_type says what becomes of each row:
   insert a new version, update the end of the old one, delete one whose row is gone. Rows that are gone get
   a closing version of their own where hard_deletes is new_record. #}
{% macro default__snapshot_staging_table(strategy, source_sql, target_relation) %}
  {%- set names = config.get('snapshot_table_column_names') or get_snapshot_table_column_names() -%}
  {%- set key = strategy.unique_key -%}
  {%- set key_fields = unique_key_fields(key) -%}
  {%- set same_key = unique_key_join_on(key, 'snapshotted_data', 'source_data') -%}
  {%- set records_deletes = strategy.hard_deletes == 'new_record' -%}
  {%- set closes_deletes = records_deletes or strategy.hard_deletes == 'invalidate' -%}
  {%- set open_end = config.get('dbt_valid_to_current') -%}
  {%- set is_deleted = 'snapshotted_data.' ~ names.dbt_is_deleted -%}
  {%- set valid_to = 'snapshotted_data.' ~ names.dbt_valid_to -%}
  {%- set changed -%}
    {{ strategy.row_changed }}{{ ' or ' ~ is_deleted ~ " = 'True'" if records_deletes }}
  {%- endset -%}
  {%- set not_yet_recorded -%}
    not ({{ is_deleted }} = 'True' and {{ valid_to ~ ' = ' ~ open_end if open_end else valid_to ~ ' is null' }})
  {%- endset -%}
  with snapshot_query as (
    {{ source_sql }}
  ),
  snapshotted_data as (
    select *, {{ key_fields }}
    from {{ target_relation }}
    where
    {% if open_end -%}
      ( {{ equals(names.dbt_valid_to | trim, open_end | trim) }} or {{ names.dbt_valid_to | trim }} is null )
    {%- else -%}
      {{ names.dbt_valid_to }} is null
    {%- endif %}
  ),
  insertions_source_data as (
    select *, {{ key_fields }},
      {{ strategy.updated_at }} as {{ names.dbt_updated_at }},
      {{ strategy.updated_at }} as {{ names.dbt_valid_from }},
      {{ get_dbt_valid_to_current(strategy, names) }},
      {{ strategy.scd_id }} as {{ names.dbt_scd_id }}
    from snapshot_query
  ),
  updates_source_data as (
    select *, {{ key_fields }},
      {{ strategy.updated_at }} as {{ names.dbt_updated_at }},
      {{ strategy.updated_at }} as {{ names.dbt_valid_from }},
      {{ strategy.updated_at }} as {{ names.dbt_valid_to }}
    from snapshot_query
  ),
  {%- if closes_deletes %}
  deletes_source_data as (
    select *, {{ key_fields }}
    from snapshot_query
  ),
  {%- endif %}
  insertions as (
    select 'insert' as dbt_change_type, source_data.*{{ ", 'False' as " ~ names.dbt_is_deleted if records_deletes }}
    from insertions_source_data as source_data
    left outer join snapshotted_data on {{ same_key }}
    where {{ unique_key_is_null(key, 'snapshotted_data') }}
      or ({{ unique_key_is_not_null(key, 'snapshotted_data') }} and ({{ changed }}))
  ),
  updates as (
    select 'update' as dbt_change_type, source_data.*, snapshotted_data.{{ names.dbt_scd_id }}{{ ', ' ~ is_deleted if records_deletes }}
    from updates_source_data as source_data
    join snapshotted_data on {{ same_key }}
    where ({{ changed }})
  )
  {%- if closes_deletes %},
  deletes as (
    select 'delete' as dbt_change_type, source_data.*,
      {{ snapshot_get_time() }} as {{ names.dbt_valid_from }},
      {{ snapshot_get_time() }} as {{ names.dbt_updated_at }},
      {{ snapshot_get_time() }} as {{ names.dbt_valid_to }},
      snapshotted_data.{{ names.dbt_scd_id }}{{ ', ' ~ is_deleted if records_deletes }}
    from snapshotted_data
    left join deletes_source_data as source_data on {{ same_key }}
    where {{ unique_key_is_null(key, 'source_data') }} {{ 'and ' ~ not_yet_recorded if records_deletes }}
  )
  {%- endif %}
  {%- if records_deletes %},
  deletion_records as (
    {%- set kept = get_list_of_column_names(get_columns_in_relation(target_relation)) %}
    select 'insert' as dbt_change_type,
      {% for name in get_columns_in_query(source_sql) -%}
        {{ 'snapshotted_data' if name in kept else 'source_data' }}.{{ adapter.quote(name) }},
      {% endfor -%}
      {%- if key | is_list -%}
        {%- for part in key -%}
          snapshotted_data.{{ part }} as dbt_unique_key_{{ loop.index }},
        {% endfor -%}
      {%- else -%}
        snapshotted_data.dbt_unique_key as dbt_unique_key,
      {% endif -%}
      {{ snapshot_get_time() }} as {{ names.dbt_valid_from }},
      {{ snapshot_get_time() }} as {{ names.dbt_updated_at }},
      {{ valid_to }} as {{ names.dbt_valid_to }},
      {{ snapshot_hash_arguments([names.dbt_scd_id, snapshot_get_time()]) }} as {{ names.dbt_scd_id }},
      'True' as {{ names.dbt_is_deleted }}
    from snapshotted_data
    left join deletes_source_data as source_data on {{ same_key }}
    where {{ unique_key_is_null(key, 'source_data') }} and {{ not_yet_recorded }}
  )
  {%- endif %}
  select * from insertions
  union all
  select * from updates
  {{ 'union all select * from deletes' if closes_deletes }}
  {{ 'union all select * from deletion_records' if records_deletes }}
{% endmacro %}
