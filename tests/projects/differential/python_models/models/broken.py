def model(dbt, session):
    things = dbt.ref("things")
    if things:
        raise ValueError("not these")
    return things
