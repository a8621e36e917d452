def model(dbt, session):
    dbt.config(materialized="table", alias="renamed", schema="more")
    assert not dbt.is_incremental
    return dbt.source("raw", "kept").aggregate("count(*) as n, max(id) as latest").project("n, latest")
