def model(dbt, session):
    dbt.config(materialized="incremental", unique_key="id")
    things = dbt.ref("things")
    if dbt.is_incremental:
        known = session.sql(f"select max(id) from {dbt.this}").fetchone()[0]
        return session.sql(f"select id + {known} as id, name from things")
    return things.project("id, name")
