{{ config(alias='same', schema='one') }}
select 1 as id
