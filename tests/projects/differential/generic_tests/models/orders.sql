{{ config(materialized='table') }}
select * from (values (1, 'paid', 10), (2, 'open', null), (2, 'lost', -5)) as t(id, status, amount)
