def model(dbt, session):
    dbt.config(materialized="table", tags=["science"])
    return dbt.ref("dim_customers").project("customer_id, 1.0 as score")
