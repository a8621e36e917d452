{{ config(
    persist_docs={'relation': true, 'columns': true},
    tblproperties={'owner.team': 'sales', 'delta.appendOnly': 'false'},
    databricks_tags={'tier': 'gold', 'pii': none},
    partition_by=['name'],
    grants={'select': ['analysts', 'auditors']},
    pre_hook="set spark.some = 1",
    post_hook=["vacuum {{ this }}", "analyze table {{ this }} compute statistics"]
) }}
select 1 as id, 'a' as name;
