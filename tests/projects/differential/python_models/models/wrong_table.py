def model(dbt, session):
    return session.sql("select * from no_such_table")
