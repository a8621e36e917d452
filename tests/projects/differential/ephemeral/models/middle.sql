{{ config(materialized='ephemeral', alias='mid') }}
select a.id from {{ ref('low') }} as a inner join {{ ref('low_with') }} as b on a.id = b.id
