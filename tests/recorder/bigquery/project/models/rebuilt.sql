{{ config(materialized='materialized_view', cluster_by=['id'], partition_by={'field': 'day', 'data_type': 'date'}) }}
select id, day, count(*) as n from {{ ref('plain') }} group by id, day
