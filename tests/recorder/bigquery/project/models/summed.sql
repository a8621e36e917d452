{{ config(materialized='materialized_view', cluster_by='id', refresh_interval_minutes=60, labels={'team': 'core'}, on_configuration_change='apply') }}
select id, count(*) as n from {{ ref('plain') }} group by id
