{{ config(materialized='copy') }}
{{ source('raw', 'orders') }} {{ source('raw', 'returns') }}
