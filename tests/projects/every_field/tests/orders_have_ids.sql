{{ config(severity='error', tags=['sanity']) }}
select * from {{ ref('orders') }} where id is null
