{{ config(schema='marts') }}
select * from {{ ref('plain') }}
