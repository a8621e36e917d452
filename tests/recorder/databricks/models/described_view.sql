{{ config(materialized='view', persist_docs={'relation': true, 'columns': true}, tblproperties={'k': 'v'},
    databricks_tags={'tier': 'gold'}, grants={'select': ['analysts']}) }}
select id, name from {{ ref('plain_table') }}
