{{ config(group='finance') }}
select id from {{ ref('orders') }}
union all
select secret from {{ ref('stg_secret') }}
