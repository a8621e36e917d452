{{ config(materialized='streaming_table', tblproperties={'k': 'v'}, schedule={'on_update': true}) }}
select id, name from stream {{ ref('plain_table') }}
