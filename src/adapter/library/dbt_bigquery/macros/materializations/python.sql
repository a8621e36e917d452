{# What Python models end with: their data frame written as a table, by Spark or by BigQuery DataFrames. #}

{# Any kind of data frame becomes Spark's. Pandas goes by way of Spark's own pandas, or Koalas, which convert it best.
   Partitioned tables need the write that goes through a bucket. #}
{% macro py_write_table(compiled_code, target_relation) %}
{%- set partitioning = adapter.parse_partition_by(config.get('partition_by', none)) -%}
{%- set clustering = config.get('cluster_by', none) -%}
{%- set intermediate_format = config.get('intermediate_format', none) %}
from pyspark.sql import SparkSession

spark = SparkSession.builder.appName('smallTest').getOrCreate()
spark.conf.set("viewsEnabled", "true")
spark.conf.set("temporaryGcsBucket", "{{ target.gcs_bucket }}")
spark.conf.set("enableListInference", "{{ config.get('enable_list_inference', true) }}")
{% if intermediate_format -%}
spark.conf.set("intermediateFormat", "{{ intermediate_format }}")
{% endif %}
{{ compiled_code }}

dbt = dbtObj(spark.read.format("bigquery").load)
df = model(dbt, spark)

# COMMAND ----------
# What follows was generated: it writes the data frame.
import importlib
import pyspark


def optional_module(name):
    try:
        return importlib.import_module(name)
    except ImportError:
        return None


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

writer = df.write.mode("overwrite").format("bigquery")
writer = writer.option("writeMethod", "{{ 'indirect' if partitioning else 'direct' }}")
writer = writer.option("writeDisposition", "WRITE_TRUNCATE")
{% if partitioning is not none and partitioning.data_type | lower in ('date', 'timestamp', 'datetime') -%}
writer = writer.option("partitionField", "{{ partitioning.field }}")
{% if partitioning.granularity is not none -%}
writer = writer.option("partitionType", "{{ partitioning.granularity | upper }}")
{% endif -%}
{% endif -%}
{% if clustering is not none -%}
writer = writer.option("clusteredFields", "{{ clustering | join(',') }}")
{% endif -%}
writer.save("{{ target_relation }}")
{% endmacro %}

{% macro bigframes_write_table(compiled_code, target_relation) %}
import bigframes.pandas as bpd

bpd.options.compute.extra_query_labels["bigframes-dbt-api"] = "python-model-table"
bpd.options.bigquery.application_name = "dbt-bigquery-{{ dbt_version }}"
bpd.options.bigquery.ordering_mode = "partial"
bpd.options.bigquery.project = "{{ target.project }}"
{% if target.location -%}
bpd.options.bigquery.location = "{{ target.location }}"
{% endif %}
session = bpd.get_global_session()

{{ compiled_code }}

dbt = dbtObj(bpd.read_gbq)
df = model(dbt, session)
df.to_gbq("{{ target_relation }}", if_exists="replace")
df._session.close()
{% endmacro %}
