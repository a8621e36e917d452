import datetime


def model(dbt, session):
    dbt.config(materialized="table", packages=["numpy"])
    orders = dbt.ref("orders")
    limit = dbt.config.get("limit_rows")
    return orders
