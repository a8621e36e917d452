{{ config(materialized='view', grant_access_to=[{'project': 'proj', 'dataset': 'raw'}]) }}
select 1 as id
