{{ config(materialized='incremental', unique_key=['id', 'name'], merge_exclude_columns=['name'],
    incremental_predicates=['DBT_INTERNAL_DEST.id > 0'], matched_condition='t.id <> s.id', target_alias='t', source_alias='s',
    not_matched_by_source_action='delete', not_matched_by_source_condition='t.id < 100', on_schema_change='append_new_columns',
    persist_docs={'relation': true, 'columns': true}) }}
select 1 as id, 'a' as name
