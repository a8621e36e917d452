{{ config(materialized='materialized_view') }}
select id, name from main.mart.plain_table
