{# The rows that a snapshot run writes. As the common query, but the deleted mark is a boolean, and a column that the snapshot
   does not have yet is null in the records of deletions. #}

{% macro databricks__snapshot_staging_table(strategy, source_sql, target_relation) %}
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
    {{ strategy.row_changed }}{{ ' or ' ~ is_deleted ~ ' = true' if records_deletes }}
  {%- endset -%}
  {%- set not_yet_recorded -%}
    not ({{ is_deleted }} = true and {{ valid_to ~ ' = ' ~ open_end if open_end else valid_to ~ ' is null' }})
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
    select 'insert' as dbt_change_type, source_data.*{{ ', false as ' ~ names.dbt_is_deleted if records_deletes }}
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
    {#- The server describes a table in rows of name, type and comment, with headings among them that begin with `#`. #}
    {%- set kept = [] -%}
    {%- for row in get_columns_in_relation(target_relation) if row[0] and not row[0].startswith('#') -%}
      {%- do kept.append(row[0]) -%}
    {%- endfor %}
    select 'insert' as dbt_change_type,
      {% for column in get_column_schema_from_query(source_sql) -%}
        {{ 'snapshotted_data.' ~ adapter.quote(column.column) if column.name in kept else 'NULL as ' ~ adapter.quote(column.column) }},
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
      true as {{ names.dbt_is_deleted }}
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
