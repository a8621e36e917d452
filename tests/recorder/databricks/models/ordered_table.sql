{{ config(zorder=['id', 'name'], use_safer_relation_operations=true) }}
select 1 as id, 'a' as name
