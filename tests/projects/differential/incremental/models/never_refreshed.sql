{{ config(materialized='incremental', full_refresh=false) }}
select count(*) as n, {{ var('day') }} as day from {{ ref('appended') }}
