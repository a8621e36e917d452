{{ config(materialized='materialized_view', schedule={'every': '2 hours'}, partition_by='name', tblproperties={'k': 'v'},
    databricks_tags={'tier': 'gold'}) }}
select id, name from {{ ref('plain_table') }}
