{{ config(materialized='incremental', incremental_strategy='append', databricks_tags={'tier': 'gold', 'team': 'sales'},
    tblproperties={'k': 'v'}, liquid_clustered_by=['id'], row_filter={'function': 'main.mart.only_mine', 'columns': 'name'},
    grants={'select': ['analysts']}) }}
select 1 as id, 'a' as name
