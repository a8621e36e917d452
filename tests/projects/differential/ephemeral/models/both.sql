{{ config(materialized='table', pre_hook='select 1') }}
select count(*) as n from {{ ref('middle') }} union all select count(*) from {{ ref('low') }}
