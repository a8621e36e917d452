{{ config(tags='t') }}
select 1 as id
