{# What Python models end with: their data frame written as a table. #}

{# Any kind of data frame becomes Spark's. Pandas goes by way of Spark's own pandas, or Koalas, which convert it best. #}
{% macro py_write_table(compiled_code, target_relation) %}
{{ compiled_code }}

# What follows was generated: it runs the model and writes its data frame.
import importlib
import pyspark


def optional_module(name):
    try:
        return importlib.import_module(name)
    except ImportError:
        return None


dbt = dbtObj(spark.table)
df = model(dbt, spark)

pandas = optional_module("pandas")
pyspark_pandas = optional_module("pyspark.pandas")
koalas = optional_module("databricks.koalas")

if pandas and isinstance(df, pandas.core.frame.DataFrame):
    if pyspark_pandas:
        df = pyspark_pandas.frame.DataFrame(df)
    elif koalas:
        df = koalas.frame.DataFrame(df)
    else:
        df = spark.createDataFrame(df)
if (pyspark_pandas and isinstance(df, pyspark_pandas.frame.DataFrame)) or (koalas and isinstance(df, koalas.frame.DataFrame)):
    df = df.to_spark()
if not isinstance(df, pyspark.sql.dataframe.DataFrame):
    raise Exception(f"the model returned {type(df)}, which cannot be written as a table")

df.write.mode("overwrite").format("{{ config.get('file_format', 'delta') }}").option("overwriteSchema", "true").saveAsTable("{{ target_relation }}")
{% endmacro %}

{% macro py_script_comment() %}
# In a notebook, run the model by:
# dbt = dbtObj(spark.table)
# df = model(dbt, spark)
{% endmacro %}
