{{ config(tags=['first']) }}
select cast(null as integer) as id
