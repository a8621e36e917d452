select schema_name from `proj`.`region-eu`.INFORMATION_SCHEMA.SCHEMATA
select 1 from `proj`.`shop`.INFORMATION_SCHEMA.TABLES limit 1
create schema if not exists `proj`.`shop`
select 1 from `proj`.`shop_dbt_test__audit`.INFORMATION_SCHEMA.TABLES limit 1
create schema if not exists `proj`.`shop_dbt_test__audit`
select table_name, table_type from `proj`.`shop`.INFORMATION_SCHEMA.TABLES
select table_name, table_type from `proj`.`shop_dbt_test__audit`.INFORMATION_SCHEMA.TABLES
create or replace table `proj`.`shop`.`appends` OPTIONS( ) as ( select 1 as id, struct(1 as a, 'b' as b) as nested, 2 as added );
create or replace view `proj`.`shop`.`authorized` OPTIONS( ) as select 1 as id;
create or replace table `proj`.`shop`.`batched` partition by timestamp_trunc(at, day) OPTIONS( ) as ( select 1 as id, current_timestamp() as at );
select __dbt_q.* from (select 1) left join ( select * from ( select 1 as id, current_timestamp() as at ) as __dbt_sbq where false and current_timestamp() = current_timestamp() limit 0 ) as __dbt_q on true
select __dbt_q.* from (select 1) left join ( select * from ( select cast(null as int64) as id, cast(null as timestamp) as at ) as __dbt_sbq where false and current_timestamp() = current_timestamp() limit 0 ) as __dbt_q on true
create or replace table `proj`.`shop`.`contracted` ( id int64 not null, at timestamp ) OPTIONS( ) as ( select id, at from ( select 1 as id, current_timestamp() as at ) as model_subq );
create or replace table `proj`.`shop`.`copied_partitions` partition by day OPTIONS( ) as ( select 1 as id, current_date() as day );
create or replace table `proj`.`shop`.`copies` copy `proj`.`raw`.`orders`
create or replace table `proj`.`shop`.`described` OPTIONS( description="""""" ) as ( select struct(1 as a) as nested );
select column_name, data_type from `proj`.`shop`.INFORMATION_SCHEMA.COLUMNS where table_name = 'described' and ordinal_position is not null order by ordinal_position
alter table `proj`.`shop`.`described` alter column `nested` set options (description = 'A struct')
create or replace table `proj`.`shop`.`dynamic` partition by timestamp_trunc(at, hour) OPTIONS( ) as ( select 1 as id, current_timestamp() as at );
select __dbt_q.* from (select 1) left join ( select * from ( select 1 as id, current_date() as day ) as __dbt_sbq where false limit 0 ) as __dbt_q on true
create or replace table `proj`.`shop`.`ingested` (`id` INT64) partition by _PARTITIONDATE OPTIONS( )
select column_name, data_type from `proj`.`shop`.INFORMATION_SCHEMA.COLUMNS where table_name = 'ingested' and ordinal_position is not null order by ordinal_position
insert into `proj`.`shop`.`ingested` (_PARTITIONTIME, `id`) select TIMESTAMP(day) as _PARTITIONTIME, * EXCEPT(day) from ( select 1 as id, current_date() as day );
create or replace table `proj`.`shop`.`merged` OPTIONS( ) as ( select 1 as id, 'a' as name );
select __dbt_q.* from (select 1) left join ( select * from ( select 1 as id, current_timestamp() as day ) as __dbt_sbq where false limit 0 ) as __dbt_q on true
create or replace table `proj`.`shop`.`merged_ingested` (`id` INT64) partition by timestamp_trunc(_PARTITIONTIME, hour) OPTIONS( require_partition_filter=True )
select column_name, data_type from `proj`.`shop`.INFORMATION_SCHEMA.COLUMNS where table_name = 'merged_ingested' and ordinal_position is not null order by ordinal_position
insert into `proj`.`shop`.`merged_ingested` (_PARTITIONTIME, `id`) select TIMESTAMP(day) as _PARTITIONTIME, * EXCEPT(day) from ( select 1 as id, current_timestamp() as day );
create or replace table `proj`.`shop`.`partitioned` partition by day cluster by id, name OPTIONS( require_partition_filter=True, partition_expiration_days=7 ) as ( select 1 as id, 'a' as name, current_date() as day );
create or replace table `proj`.`shop`.`plain` OPTIONS( expiration_timestamp=TIMESTAMP_ADD(CURRENT_TIMESTAMP(), INTERVAL 24 hour), description="""A 'plain' table""", labels=[('team', 'core')], kms_key_name='projects/p/locations/eu/keyRings/r/cryptoKeys/k' ) as ( select 1 as id );
grant `roles/bigquery.dataViewer` on table `proj`.`shop`.`plain` to "user:a@example.com";
alter table `proj`.`shop`.`plain` set options (description = 'A \'plain\' table')
select column_name, data_type from `proj`.`shop`.INFORMATION_SCHEMA.COLUMNS where table_name = 'plain' and ordinal_position is not null order by ordinal_position
alter table `proj`.`shop`.`plain` alter column `id` set options (description = 'The key')
create or replace table `proj`.`shop`.`ranged` partition by range_bucket( id, generate_array(0, 100, 10) ) OPTIONS( ) as ( select 1 as id );
create temp function twice(x int64) as (x * 2); create or replace table `proj`.`shop`.`replaced_view` OPTIONS( ) as ( select twice(1) as id );
create or replace table `proj`.`shop`.`static` partition by day OPTIONS( ) as ( select 1 as id, current_date() as day );
create or replace table `proj`.`shop`.`static_copied` partition by day OPTIONS( ) as ( select 1 as id, current_date() as day );
create or replace table `proj`.`shop`.`syncs` OPTIONS( ) as ( select 1 as id, 2 as added );
create table if not exists `proj`.`shop`.`countries` (`code` string, `name` string, `area` float64, `since` date, `member` bool)
insert into `proj`.`shop`.`countries` (`code`, `name`, `area`, `since`, `member`) values ('01', 'D\'oh', 10.5, cast('1957-01-01' as date), true), ('02', 'Ö\\o', 20, null, false)
alter table `proj`.`shop`.`countries` set OPTIONS( description="""Countries""" )
alter table `proj`.`shop`.`countries` set options (description = 'Countries')
alter table `proj`.`shop`.`countries` set options (description = 'Countries')
select column_name, data_type from `proj`.`shop`.INFORMATION_SCHEMA.COLUMNS where table_name = 'countries' and ordinal_position is not null order by ordinal_position
alter table `proj`.`shop`.`countries` alter column `code` set options (description = 'The code')
select __dbt_q.* from (select 1) left join ( select * from ( select *, to_hex(md5(concat(coalesce(cast(id as string), ''), '|', coalesce(cast(current_timestamp() as string), '')))) as dbt_scd_id, current_timestamp() as dbt_updated_at, current_timestamp() as dbt_valid_from, coalesce(nullif(current_timestamp(), current_timestamp()), null) as dbt_valid_to from ( select 1 as id, 'a' as name ) sbq ) as __dbt_sbq where false and current_timestamp() = current_timestamp() limit 0 ) as __dbt_q on true
select __dbt_q.* from (select 1) left join ( select * from ( select current_timestamp() as dbt_snapshot_time ) as __dbt_sbq where false and current_timestamp() = current_timestamp() limit 0 ) as __dbt_q on true
create or replace table `proj`.`shop`.`orders_check` OPTIONS( ) as ( select *, to_hex(md5(concat(coalesce(cast(id as string), ''), '|', coalesce(cast(current_timestamp() as string), '')))) as dbt_scd_id, current_timestamp() as dbt_updated_at, current_timestamp() as dbt_valid_from, coalesce(nullif(current_timestamp(), current_timestamp()), null) as dbt_valid_to from ( select 1 as id, 'a' as name ) sbq );
select __dbt_q.* from (select 1) left join ( select * from ( select *, to_hex(md5(concat(coalesce(cast(id as string), ''), '|', coalesce(cast(at as string), '')))) as dbt_scd_id, at as dbt_updated_at, at as dbt_valid_from, coalesce(nullif(at, at), null) as dbt_valid_to from ( select 1 as id, current_timestamp() as at, 'new' as added ) sbq ) as __dbt_sbq where false and current_timestamp() = current_timestamp() limit 0 ) as __dbt_q on true
select __dbt_q.* from (select 1) left join ( select * from ( select current_timestamp() as dbt_snapshot_time ) as __dbt_sbq where false and current_timestamp() = current_timestamp() limit 0 ) as __dbt_q on true
create or replace table `proj`.`shop`.`orders_timestamp` OPTIONS( ) as ( select *, to_hex(md5(concat(coalesce(cast(id as string), ''), '|', coalesce(cast(at as string), '')))) as dbt_scd_id, at as dbt_updated_at, at as dbt_valid_from, coalesce(nullif(at, at), null) as dbt_valid_to from ( select 1 as id, current_timestamp() as at, 'new' as added ) sbq );
create materialized view if not exists `proj`.`shop`.`rebuilt` partition by day cluster by id OPTIONS( enable_refresh=True, refresh_interval_minutes=30, labels=[], tags=[] ) as select id, day, count(*) as n from `proj`.`shop`.`plain` group by id, day
drop materialized view if exists `proj`.`shop`.`rebuilt__dbt_backup`
drop materialized view if exists `proj`.`shop`.`rebuilt__dbt_tmp`
create materialized view if not exists `proj`.`shop`.`refreshed` OPTIONS( enable_refresh=True, refresh_interval_minutes=30, labels=[], tags=[] ) as select id, count(*) as n from `proj`.`shop`.`plain` group by id
drop materialized view if exists `proj`.`shop`.`refreshed__dbt_backup`
drop materialized view if exists `proj`.`shop`.`refreshed__dbt_tmp`
select column_name, data_type from `proj`.`shop`.INFORMATION_SCHEMA.COLUMNS where table_name = 'plain' and ordinal_position is not null order by ordinal_position
create or replace table `proj`.`shop`.`shown_passes__dbt_tmp` OPTIONS( expiration_timestamp=TIMESTAMP_ADD(CURRENT_TIMESTAMP(), INTERVAL 12 hour) ) as ( select * from ( with __dbt__cte__plain as ( select safe_cast(1 as INT64) as `id` ) select id from __dbt__cte__plain ) as __dbt_sbq where false and current_timestamp() = current_timestamp() limit 0 );
select column_name, data_type from `proj`.`shop`.INFORMATION_SCHEMA.COLUMNS where table_name = 'shown_passes__dbt_tmp' and ordinal_position is not null order by ordinal_position
with dbt_internal_unit_test_actual as ( select `id`, '''actual''' as `actual_or_expected` from ( with __dbt__cte__plain as ( select safe_cast(1 as INT64) as `id` ) select id from __dbt__cte__plain ) _dbt_internal_unit_test_actual ), dbt_internal_unit_test_expected as ( select `id`, '''expected''' as `actual_or_expected` from ( select safe_cast(1 as INT64) as `id` ) _dbt_internal_unit_test_expected ) select * from dbt_internal_unit_test_actual union all select * from dbt_internal_unit_test_expected
drop table if exists `proj`.`shop`.`shown_passes__dbt_tmp`
create or replace view `proj`.`shop`.`shown` OPTIONS( description="""A view""" ) as select id from `proj`.`shop`.`plain`;
alter view `proj`.`shop`.`shown` set options (description = 'A view')
select column_name, data_type from `proj`.`shop`.INFORMATION_SCHEMA.COLUMNS where table_name = 'shown' and ordinal_position is not null order by ordinal_position
alter view `proj`.`shop`.`shown` alter column `id` set options (description = 'The key')
create materialized view if not exists `proj`.`shop`.`summed` cluster by id OPTIONS( enable_refresh=True, refresh_interval_minutes=60.0, labels=[('team', 'core')], tags=[] ) as select id, count(*) as n from `proj`.`shop`.`plain` group by id
drop materialized view if exists `proj`.`shop`.`summed__dbt_backup`
drop materialized view if exists `proj`.`shop`.`summed__dbt_tmp`
select count(*) as failures, count(*) != 0 as should_warn, count(*) != 0 as should_error from ( select nested from `proj`.`shop`.`described` where nested is null ) dbt_internal_test
create or replace table `proj`.`shop_dbt_test__audit`.`not_null_merged_id` OPTIONS( ) as ( select * from `proj`.`shop`.`merged` where id is null );
select count(*) as failures, count(*) != 0 as should_warn, count(*) != 0 as should_error from ( select * from `proj`.`shop_dbt_test__audit`.`not_null_merged_id` ) dbt_internal_test
select count(*) as failures, count(*) != 0 as should_warn, count(*) != 0 as should_error from ( with dbt_test__target as ( select nested as unique_field from `proj`.`shop`.`described` where nested is not null ) select unique_field, count(*) as n_records from dbt_test__target group by unique_field having count(*) > 1 ) dbt_internal_test
