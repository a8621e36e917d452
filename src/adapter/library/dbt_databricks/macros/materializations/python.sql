{# What Python models end with: their data frame written as a table. #}

{% macro databricks__py_write_table(compiled_code, target_relation) %}
{{ compiled_code }}

# What follows was generated: it runs the model and writes its data frame.
dbt = dbtObj(spark.table)
df = model(dbt, spark)
import pyspark
{{ py_try_import('pyspark.sql.connect.dataframe', 'has_connect') }}
{{ py_try_import('pandas', 'has_pandas') }}
{{ py_try_import('pyspark.pandas', 'has_pyspark_pandas') }}
{{ py_try_import('databricks.koalas', 'has_koalas') }}

# Pandas goes by way of Spark's own pandas, or Koalas, which convert it best; in ANSI mode the former may refuse.
if has_pandas and isinstance(df, pandas.core.frame.DataFrame):
    if has_pyspark_pandas:
        try:
            df = pyspark.pandas.frame.DataFrame(df)
        except Exception as error:
            text = str(error).lower()
            if not any(mark in text for mark in ("pandas_api_on_spark_fail_on_ansi_mode", "ansi mode", "ansimode", "sql_mode", "strict mode")):
                raise
            df = spark.createDataFrame(df)
    elif has_koalas:
        df = databricks.koalas.frame.DataFrame(df)
    else:
        df = spark.createDataFrame(df)
if (has_pyspark_pandas and isinstance(df, pyspark.pandas.frame.DataFrame)) or (has_koalas and isinstance(df, databricks.koalas.frame.DataFrame)):
    df = df.to_spark()
if not (isinstance(df, pyspark.sql.dataframe.DataFrame) or (has_connect and isinstance(df, pyspark.sql.connect.dataframe.DataFrame))):
    raise Exception(f"the model returned {type(df)}, which cannot be written as a table")

writer = (
    df.write
        .mode("overwrite")
        .option("overwriteSchema", "true")
{{ py_get_writer_options() | indent(8, True) }}
)
writer.saveAsTable("{{ target_relation }}")
{% endmacro %}

{# The same without layout: the rows move on to a table that has it. #}
{% macro create_python_intermediate_table(relation, compiled_code) %}
{{ compiled_code }}

# What follows was generated: it runs the model and writes its data frame.
dbt = dbtObj(spark.table)
df = model(dbt, spark)
import pyspark
{{ py_try_import('pyspark.sql.connect.dataframe', 'has_connect') }}
{{ py_try_import('pandas', 'has_pandas') }}
{{ py_try_import('pyspark.pandas', 'has_pyspark_pandas') }}
{{ py_try_import('databricks.koalas', 'has_koalas') }}

# Pandas goes by way of Spark's own pandas, or Koalas, which convert it best; in ANSI mode the former may refuse.
if has_pandas and isinstance(df, pandas.core.frame.DataFrame):
    if has_pyspark_pandas:
        try:
            df = pyspark.pandas.frame.DataFrame(df)
        except Exception as error:
            text = str(error).lower()
            if not any(mark in text for mark in ("pandas_api_on_spark_fail_on_ansi_mode", "ansi mode", "ansimode", "sql_mode", "strict mode")):
                raise
            df = spark.createDataFrame(df)
    elif has_koalas:
        df = databricks.koalas.frame.DataFrame(df)
    else:
        df = spark.createDataFrame(df)
if (has_pyspark_pandas and isinstance(df, pyspark.pandas.frame.DataFrame)) or (has_koalas and isinstance(df, databricks.koalas.frame.DataFrame)):
    df = df.to_spark()
if not (isinstance(df, pyspark.sql.dataframe.DataFrame) or (has_connect and isinstance(df, pyspark.sql.connect.dataframe.DataFrame))):
    raise Exception(f"the model returned {type(df)}, which cannot be written as a table")

writer = (
    df.write
        .mode("overwrite")
        .option("overwriteSchema", "true")
        .format("{{ py_resolve_writer_format() }}")
)
writer.saveAsTable("{{ relation.render() }}")
{% endmacro %}

{% macro py_try_import(library, var_name) -%}
try:
    import {{ library }}
    {{ var_name }} = True
except ImportError:
    {{ var_name }} = False
{% endmacro %}

{# SQL writes managed Iceberg by its own word; a data frame says it as the format. #}
{% macro py_resolve_writer_format() %}
  {%- if config.get('table_format', default='default') == 'iceberg' and adapter.behavior.use_managed_iceberg -%}
    {%- do return('iceberg') -%}
  {%- endif -%}
  {%- do return(adapter.resolve_file_format(config)) -%}
{% endmacro %}

{% macro py_get_writer_options() %}
  {%- set root = config.get('location_root', validator=validation.any[basestring]) -%}
  {%- set partitions = config.get('partition_by', validator=validation.any[list, basestring]) -%}
  {%- set liquid = config.get('liquid_clustered_by', validator=validation.any[list, basestring]) -%}
  {%- set clusters = config.get('clustered_by', validator=validation.any[list, basestring]) -%}
  {%- set buckets = config.get('buckets', validator=validation.any[int]) -%}
  {%- set options = ['.format("' ~ py_resolve_writer_format() ~ '")'] -%}
  {%- if root is not none -%}
    {%- do options.append('.option("path", "' ~ adapter.compute_external_path(config, model, is_incremental()) ~ '")') -%}
  {%- endif -%}
  {%- if partitions is not none -%}
    {%- do options.append('.partitionBy(' ~ ([partitions] if partitions is string else partitions) ~ ')') -%}
  {%- endif -%}
  {%- if liquid and not is_incremental() -%}
    {%- do options.append('.clusterBy(' ~ ([liquid] if liquid is string else liquid) ~ ')') -%}
  {%- endif -%}
  {%- if clusters is not none and buckets is not none -%}
    {%- do options.append('.bucketBy(' ~ buckets ~ ', ' ~ ([clusters] if clusters is string else clusters) ~ ')') -%}
  {%- endif -%}
  {{ options | join('\n') }}
{%- endmacro %}
