{{ config(grants={'select': ['analysts']}) }}
select 1 as id, 'a' as name
