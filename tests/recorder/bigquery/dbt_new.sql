create schema if not exists `proj`.`shop_dbt_test__audit`
create schema if not exists `proj`.`shop`
create or replace table `proj`.`shop`.`appends` OPTIONS() as ( select 1 as id, struct(1 as a, 'b' as b) as nested, 2 as added );
create or replace view `proj`.`shop`.`authorized` OPTIONS() as select 1 as id;
-- {"call": "update_dataset", "dataset": "raw", "fields": ["access_entries"]}
create or replace table `proj`.`shop`.`batched` partition by timestamp_trunc(at, day) OPTIONS() as ( select 1 as id, current_timestamp() as at );
select * from ( select 1 as id, current_timestamp() as at ) as __dbt_sbq where false and current_timestamp() = current_timestamp() limit 0
select * from ( select cast(null as int64) as id, cast(null as timestamp) as at ) as __dbt_sbq where false and current_timestamp() = current_timestamp() limit 0
create or replace table `proj`.`shop`.`contracted` ( id int64 not null, at timestamp ) OPTIONS() as ( select id, at from ( select 1 as id, current_timestamp() as at ) as model_subq );
create or replace table `proj`.`shop`.`copied_partitions` partition by day OPTIONS() as ( select 1 as id, current_date() as day );
-- {"call": "copy_table", "sources": ["orders"], "table": "copies", "how": "WRITE_TRUNCATE"}
create or replace table `proj`.`shop`.`described` OPTIONS( description="""""" ) as ( select struct(1 as a) as nested );
-- {"call": "update_table", "table": "described", "schema": {"fields": [{"name": "nested", "type": "RECORD", "mode": "NULLABLE", "fields": [{"name": "a", "type": "INTEGER", "mode": "NULLABLE", "description": "A field", "policyTags": {"names": []}, "fields": []}], "description": "A struct"}]}}
create or replace table `proj`.`shop`.`dynamic` partition by timestamp_trunc(at, hour) OPTIONS() as ( select 1 as id, current_timestamp() as at );
select * from ( select 1 as id, current_date() as day ) as __dbt_sbq where false limit 0
create or replace table `proj`.`shop`.`ingested`(`id` INT64) partition by _PARTITIONDATE OPTIONS()
insert into `proj`.`shop`.`ingested` (_PARTITIONTIME, `id`) select TIMESTAMP(day) as _PARTITIONTIME, * EXCEPT(day) from ( select 1 as id, current_date() as day );
create or replace table `proj`.`shop`.`merged` OPTIONS() as ( select 1 as id, 'a' as name );
select * from ( select 1 as id, current_timestamp() as day ) as __dbt_sbq where false limit 0
create or replace table `proj`.`shop`.`merged_ingested`(`id` INT64) partition by timestamp_trunc(_PARTITIONTIME, hour) OPTIONS( require_partition_filter=True )
insert into `proj`.`shop`.`merged_ingested` (_PARTITIONTIME, `id`) select TIMESTAMP(day) as _PARTITIONTIME, * EXCEPT(day) from ( select 1 as id, current_timestamp() as day );
create or replace table `proj`.`shop`.`partitioned` partition by day cluster by id, name OPTIONS( require_partition_filter=True, partition_expiration_days=7 ) as ( select 1 as id, 'a' as name, current_date() as day );
create or replace table `proj`.`shop`.`plain` OPTIONS( expiration_timestamp=TIMESTAMP_ADD(CURRENT_TIMESTAMP(), INTERVAL 24 hour), description="""A 'plain' table""", labels=[('team', 'core')], kms_key_name='projects/p/locations/eu/keyRings/r/cryptoKeys/k' ) as ( select 1 as id );
grant `roles/bigquery.dataViewer` on table `proj`.`shop`.`plain` to "user:a@example.com";
-- {"call": "update_table", "table": "plain", "description": "A 'plain' table"}
-- {"call": "update_table", "table": "plain", "schema": {"fields": [{"name": "id", "type": "INTEGER", "mode": "NULLABLE", "description": "The key", "policyTags": {"names": []}, "fields": []}]}}
create or replace table `proj`.`shop`.`ranged` partition by range_bucket( id, generate_array(0, 100, 10) ) OPTIONS() as ( select 1 as id );
create temp function twice(x int64) as (x * 2); create or replace table `proj`.`shop`.`replaced_view` OPTIONS() as ( select twice(1) as id );
create or replace table `proj`.`shop`.`static` partition by day OPTIONS() as ( select 1 as id, current_date() as day );
create or replace table `proj`.`shop`.`static_copied` partition by day OPTIONS() as ( select 1 as id, current_date() as day );
create or replace table `proj`.`shop`.`syncs` OPTIONS() as ( select 1 as id, 2 as added );
-- {"call": "load_table_from_file", "table": "countries", "schema": {"code": "STRING", "name": "STRING", "area": "FLOAT64", "since": "DATE", "member": "BOOL"}}
alter table `proj`.`shop`.`countries` set OPTIONS( description="""Countries""" )
-- {"call": "update_table", "table": "countries", "description": "Countries"}
-- {"call": "update_table", "table": "countries", "description": "Countries"}
-- {"call": "update_table", "table": "countries", "schema": {"fields": [{"name": "code", "type": "STRING", "mode": "NULLABLE", "description": "The code", "policyTags": {"names": []}, "fields": []}]}}
select * from ( select *, to_hex(md5(concat(coalesce(cast(id as string), ''), '|',coalesce(cast( current_timestamp() as string), '')))) as dbt_scd_id, current_timestamp() as dbt_updated_at, current_timestamp() as dbt_valid_from, coalesce(nullif( current_timestamp() , current_timestamp() ), null) as dbt_valid_to from ( select 1 as id, 'a' as name ) sbq ) as __dbt_sbq where false and current_timestamp() = current_timestamp() limit 0
select * from ( select current_timestamp() as dbt_snapshot_time ) as __dbt_sbq where false and current_timestamp() = current_timestamp() limit 0
create or replace table `proj`.`shop`.`orders_check` OPTIONS() as ( select *, to_hex(md5(concat(coalesce(cast(id as string), ''), '|',coalesce(cast( current_timestamp() as string), '')))) as dbt_scd_id, current_timestamp() as dbt_updated_at, current_timestamp() as dbt_valid_from, coalesce(nullif( current_timestamp() , current_timestamp() ), null) as dbt_valid_to from ( select 1 as id, 'a' as name ) sbq );
select * from ( select *, to_hex(md5(concat(coalesce(cast(id as string), ''), '|',coalesce(cast(at as string), '')))) as dbt_scd_id, at as dbt_updated_at, at as dbt_valid_from, coalesce(nullif(at, at), null) as dbt_valid_to from ( select 1 as id, current_timestamp() as at, 'new' as added ) sbq ) as __dbt_sbq where false and current_timestamp() = current_timestamp() limit 0
select * from ( select current_timestamp() as dbt_snapshot_time ) as __dbt_sbq where false and current_timestamp() = current_timestamp() limit 0
create or replace table `proj`.`shop`.`orders_timestamp` OPTIONS() as ( select *, to_hex(md5(concat(coalesce(cast(id as string), ''), '|',coalesce(cast(at as string), '')))) as dbt_scd_id, at as dbt_updated_at, at as dbt_valid_from, coalesce(nullif(at, at), null) as dbt_valid_to from ( select 1 as id, current_timestamp() as at, 'new' as added ) sbq );
select count(*) as failures, count(*) != 0 as should_warn, count(*) != 0 as should_error from ( select nested from `proj`.`shop`.`described` where nested is null ) dbt_internal_test
select count(*) as failures, count(*) != 0 as should_warn, count(*) != 0 as should_error from ( with dbt_test__target as ( select nested as unique_field from `proj`.`shop`.`described` where nested is not null ) select unique_field, count(*) as n_records from dbt_test__target group by unique_field having count(*) > 1 ) dbt_internal_test
create or replace table `proj`.`shop_dbt_test__audit`.`not_null_merged_id` OPTIONS() as ( select * from `proj`.`shop`.`merged` where id is null );
select count(*) as failures, count(*) != 0 as should_warn, count(*) != 0 as should_error from ( select * from `proj`.`shop_dbt_test__audit`.`not_null_merged_id` ) dbt_internal_test
create materialized view if not exists `proj`.`shop`.`rebuilt` partition by day cluster by id OPTIONS( enable_refresh=True, refresh_interval_minutes=30, labels=[], tags=[] ) as select id, day, count(*) as n from `proj`.`shop`.`plain` group by id, day
-- {"call": "delete_table", "table": "rebuilt__dbt_backup"}
-- {"call": "delete_table", "table": "rebuilt__dbt_tmp"}
create materialized view if not exists `proj`.`shop`.`refreshed` OPTIONS( enable_refresh=True, refresh_interval_minutes=30, labels=[], tags=[] ) as select id, count(*) as n from `proj`.`shop`.`plain` group by id
-- {"call": "delete_table", "table": "refreshed__dbt_backup"}
-- {"call": "delete_table", "table": "refreshed__dbt_tmp"}
create or replace table `proj`.`shop`.`shown_passes__dbt_tmp` OPTIONS( expiration_timestamp=TIMESTAMP_ADD(CURRENT_TIMESTAMP(), INTERVAL 12 hour) ) as ( select * from ( with __dbt__cte__plain as ( select safe_cast(1 as INT64) as `id` ) select id from __dbt__cte__plain ) as __dbt_sbq where false and current_timestamp() = current_timestamp() limit 0 );
with dbt_internal_unit_test_actual as ( select `id`, '''actual''' as `actual_or_expected` from ( with __dbt__cte__plain as ( select safe_cast(1 as INT64) as `id` ) select id from __dbt__cte__plain ) _dbt_internal_unit_test_actual ), dbt_internal_unit_test_expected as ( select `id`, '''expected''' as `actual_or_expected` from ( select safe_cast(1 as INT64) as `id` ) _dbt_internal_unit_test_expected ) select * from dbt_internal_unit_test_actual union all select * from dbt_internal_unit_test_expected
-- {"call": "delete_table", "table": "shown_passes__dbt_tmp"}
create or replace view `proj`.`shop`.`shown` OPTIONS( description="""A view""" ) as select id from `proj`.`shop`.`plain`;
-- {"call": "update_table", "table": "shown", "description": "A view"}
-- {"call": "update_table", "table": "shown", "schema": {"fields": [{"name": "id", "type": "INTEGER", "mode": "NULLABLE", "description": "The key", "policyTags": {"names": []}, "fields": []}]}}
create materialized view if not exists `proj`.`shop`.`summed` cluster by id OPTIONS( enable_refresh=True, refresh_interval_minutes=60.0, labels=[('team', 'core')], tags=[] ) as select id, count(*) as n from `proj`.`shop`.`plain` group by id
-- {"call": "delete_table", "table": "summed__dbt_backup"}
-- {"call": "delete_table", "table": "summed__dbt_tmp"}
