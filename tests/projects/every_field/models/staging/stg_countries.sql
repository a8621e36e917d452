{{ config(alias='country_dim', schema='geo', pre_hook="select 1", post_hook=["select 2", {"sql": "select 3", "transaction": false}], custom_key='custom') }}
select * from {{ ref('countries') }}
