{{ config(group='finance', materialized='view', pre_hook="select 1", post_hook=["select 2"]) }}
select * from {{ ref('revenue') }}
