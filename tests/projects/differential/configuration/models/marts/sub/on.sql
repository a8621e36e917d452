{{ config(enabled=var('on', true)) }}
select 1 as id, '{{ this }}' as me, '{{ model.config.materialized }}' as m
