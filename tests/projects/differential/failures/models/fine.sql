{{ config(tags=['first']) }}
select 1 as id
