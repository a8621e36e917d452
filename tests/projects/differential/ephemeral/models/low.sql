{{ config(materialized='ephemeral') }}
-- a comment
select * from {{ ref('base') }}
