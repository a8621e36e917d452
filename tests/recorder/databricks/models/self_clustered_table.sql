{{ config(auto_liquid_cluster=true) }}
select 1 as id, 'a' as name
