{{ config(materialized='incremental', incremental_strategy='delete+insert', unique_key=['id', 'day'], incremental_predicates=["DBT_INCREMENTAL_TARGET.day >= 2"]) }}
select * from {{ ref('events') }}
