{{ config(limit=1, meta={'why': 'shown'}) }}
select * from {{ ref('orders') }} where id = 2
