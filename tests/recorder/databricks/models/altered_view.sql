{{ config(materialized='view', view_update_via_alter=true, tblproperties={'k': 'v'}, databricks_tags={'tier': 'gold'}) }}
select id, name from {{ ref('plain_table') }}
