{{ config(materialized='materialized_view', schedule={'cron': '0 0 * * * ? *', 'time_zone_value': 'Europe/Berlin'}) }}
select id, name from main.mart.plain_table
