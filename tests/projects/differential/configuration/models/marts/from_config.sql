{{ config(materialized='table', tags='c', meta={'owner': 'file', 'deep': {'x': 1}}, custom_key=[1, 2]) }}
select '{{ config.get('custom_key') }}' as k, '{{ config.get('missing', 'default') }}' as d, '{{ config.require('materialized') }}' as m, '{{ config.meta_get('owner') }}' as o from {{ ref('plain') }}
