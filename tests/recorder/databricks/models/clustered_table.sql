{{ config(liquid_clustered_by=['id', 'name']) }}
select 1 as id, 'a' as name
