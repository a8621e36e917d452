{{ config(table_format='iceberg', tblproperties={'a': 'b'}) }}
select 1 as id, 'a' as name
