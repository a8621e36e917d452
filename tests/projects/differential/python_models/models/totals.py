from decimal import Decimal


def factor(dbt):
    return Decimal(dbt.config.get("factor"))


def model(dbt, session):
    dbt.config(materialized="table", factor=2, unused="x")
    things = dbt.ref("things")
    session.execute("create temp table seen as select 1 as one")
    times = factor(dbt)
    return session.sql(f"select name, amount * {times} as doubled, one, '{dbt.this.identifier}' as made from things, seen")
