{{ config(materialized='table', pre_hook="{{ note('before ' ~ this.name) }}", post_hook=["{{ note('after ' ~ model.alias) }}", {"sql": "alter table {{ this }} add column added integer", "transaction": true}]) }}
select 1 as id
