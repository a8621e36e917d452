{{ config(materialized='copy') }}
{{ source('raw', 'orders') }}
