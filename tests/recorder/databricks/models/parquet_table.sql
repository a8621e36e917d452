{{ config(file_format='parquet', location_root='s3://bucket/root', include_full_name_in_path=true,
    partition_by='name', clustered_by='id', buckets=4, options={'compression': 'snappy'}) }}
select 1 as id, 'a' as name
