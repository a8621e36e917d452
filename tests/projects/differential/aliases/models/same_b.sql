{{ config(alias='same', schema='two') }}
select * from {{ ref('same_a') }}
