create schema if not exists `main`.`mart`
create or replace temporary view `appended__dbt_tmp` as select 1 as id, 'a' as name
drop table if exists `main`.`mart`.`appended__dbt_stg`
create or replace table `main`.`mart`.`appended__dbt_stg` ( `id` int, `name` string ) using delta
insert into `main`.`mart`.`appended__dbt_stg` by name select * from `appended__dbt_tmp`
alter table `main`.`mart`.`appended__dbt_stg` rename to `main`.`mart`.`appended`
create or replace temporary view `clustered_table__dbt_tmp` as select 1 as id, 'a' as name
drop table if exists `main`.`mart`.`clustered_table__dbt_stg`
create or replace table `main`.`mart`.`clustered_table__dbt_stg` ( `id` int, `name` string ) using delta CLUSTER BY (id, name)
insert into `main`.`mart`.`clustered_table__dbt_stg` by name select * from `clustered_table__dbt_tmp`
alter table `main`.`mart`.`clustered_table__dbt_stg` rename to `main`.`mart`.`clustered_table`
optimize `main`.`mart`.`clustered_table`
create or replace temporary view `configured__dbt_tmp` as select 1 as id, 'a' as name
drop table if exists `main`.`mart`.`configured__dbt_stg`
create or replace table `main`.`mart`.`configured__dbt_stg` ( `id` int, `name` string ) using delta WITH ROW FILTER `main`.`mart`.`only_mine` ON (`name`) CLUSTER BY (id) tblproperties ( 'k' = 'v' )
ALTER TABLE `main`.`mart`.`configured__dbt_stg` SET TAGS ( 'tier' = 'gold', 'team' = 'sales' )
ALTER TABLE `main`.`mart`.`configured__dbt_stg` ALTER COLUMN `name` SET TAGS ( 'pii' = 'yes' )
insert into `main`.`mart`.`configured__dbt_stg` by name select * from `configured__dbt_tmp`
alter table `main`.`mart`.`configured__dbt_stg` rename to `main`.`mart`.`configured`
grant select on `main`.`mart`.`configured` to `analysts`
optimize `main`.`mart`.`configured`
create or replace temporary view `deleted_inserted__dbt_tmp` as select 1 as id, 'a' as name
drop table if exists `main`.`mart`.`deleted_inserted__dbt_stg`
create or replace table `main`.`mart`.`deleted_inserted__dbt_stg` ( `id` int, `name` string ) using delta
insert into `main`.`mart`.`deleted_inserted__dbt_stg` by name select * from `deleted_inserted__dbt_tmp`
alter table `main`.`mart`.`deleted_inserted__dbt_stg` rename to `main`.`mart`.`deleted_inserted`
set spark.some = 1
create or replace temporary view `described_table__dbt_tmp` as select 1 as id, 'a' as name
drop table if exists `main`.`mart`.`described_table__dbt_stg`
create or replace table `main`.`mart`.`described_table__dbt_stg` ( `id` int COMMENT 'The key, it\'s new', `name` string COMMENT 'Name' ) using delta partitioned by (name) comment 'The shop\'s table' tblproperties ( 'owner.team' = 'sales', 'delta.appendOnly' = 'false' )
ALTER TABLE `main`.`mart`.`described_table__dbt_stg` SET TAGS ( 'tier' = 'gold', 'pii' = 'None' )
ALTER TABLE `main`.`mart`.`described_table__dbt_stg` ALTER COLUMN `name` SET TAGS ( 'pii' = 'yes', 'kind' = '' )
insert into `main`.`mart`.`described_table__dbt_stg` by name select * from `described_table__dbt_tmp`
alter table `main`.`mart`.`described_table__dbt_stg` rename to `main`.`mart`.`described_table`
grant select on `main`.`mart`.`described_table` to `analysts`
grant select on `main`.`mart`.`described_table` to `auditors`
vacuum `main`.`mart`.`described_table`
analyze table `main`.`mart`.`described_table` compute statistics
create or replace temporary view `events__dbt_tmp` as select 1 as id, 'a' as name, timestamp'2024-01-01 10:00:00' as at
drop table if exists `main`.`mart`.`events__dbt_stg`
create or replace table `main`.`mart`.`events__dbt_stg` ( `id` int, `name` string ) using delta
insert into `main`.`mart`.`events__dbt_stg` by name select * from `events__dbt_tmp`
alter table `main`.`mart`.`events__dbt_stg` rename to `main`.`mart`.`events`
create or replace temporary view `filtered_table__dbt_tmp` as select 1 as id, 'a' as name
drop table if exists `main`.`mart`.`filtered_table__dbt_stg`
create or replace table `main`.`mart`.`filtered_table__dbt_stg` ( `id` int, `name` string ) using delta WITH ROW FILTER `main`.`mart`.`only_mine` ON (`name`)
insert into `main`.`mart`.`filtered_table__dbt_stg` by name select * from `filtered_table__dbt_tmp`
alter table `main`.`mart`.`filtered_table__dbt_stg` rename to `main`.`mart`.`filtered_table`
create or replace temporary view `iceberg_table__dbt_tmp` as select 1 as id, 'a' as name
drop table if exists `main`.`mart`.`iceberg_table__dbt_stg`
create or replace table `main`.`mart`.`iceberg_table__dbt_stg` ( `id` int, `name` string ) using delta tblproperties ( 'a' = 'b', 'delta.enableIcebergCompatV2' = 'true', 'delta.universalFormat.enabledFormats' = 'iceberg' )
insert into `main`.`mart`.`iceberg_table__dbt_stg` by name select * from `iceberg_table__dbt_tmp`
alter table `main`.`mart`.`iceberg_table__dbt_stg` rename to `main`.`mart`.`iceberg_table`
create or replace temporary view `merged__dbt_tmp` as select 1 as id, 'a' as name
drop table if exists `main`.`mart`.`merged__dbt_stg`
create or replace table `main`.`mart`.`merged__dbt_stg` ( `id` int, `name` string ) using delta
insert into `main`.`mart`.`merged__dbt_stg` by name select * from `merged__dbt_tmp`
alter table `main`.`mart`.`merged__dbt_stg` rename to `main`.`mart`.`merged`
create or replace temporary view `merged_in_part__dbt_tmp` as select 1 as id, 'a' as name
drop table if exists `main`.`mart`.`merged_in_part__dbt_stg`
create or replace table `main`.`mart`.`merged_in_part__dbt_stg` ( `id` int COMMENT 'The key, it\'s new', `name` string COMMENT 'Name', `extra` decimal(10, 2) ) using delta comment 'The shop\'s table'
ALTER TABLE `main`.`mart`.`merged_in_part__dbt_stg` ALTER COLUMN `name` SET TAGS ( 'pii' = 'yes', 'kind' = '' )
insert into `main`.`mart`.`merged_in_part__dbt_stg` by name select * from `merged_in_part__dbt_tmp`
alter table `main`.`mart`.`merged_in_part__dbt_stg` rename to `main`.`mart`.`merged_in_part`
create or replace temporary view `ordered_table__dbt_tmp` as select 1 as id, 'a' as name
drop table if exists `main`.`mart`.`ordered_table__dbt_stg`
create or replace table `main`.`mart`.`ordered_table__dbt_stg` ( `id` int, `name` string ) using delta
insert into `main`.`mart`.`ordered_table__dbt_stg` by name select * from `ordered_table__dbt_tmp`
alter table `main`.`mart`.`ordered_table__dbt_stg` rename to `main`.`mart`.`ordered_table`
optimize `main`.`mart`.`ordered_table` zorder by (id, name)
create or replace temporary view `overwritten__dbt_tmp` as select 1 as id, 'a' as name
drop table if exists `main`.`mart`.`overwritten__dbt_stg`
create or replace table `main`.`mart`.`overwritten__dbt_stg` ( `id` int, `name` string ) using delta partitioned by (name)
insert into `main`.`mart`.`overwritten__dbt_stg` by name select * from `overwritten__dbt_tmp`
alter table `main`.`mart`.`overwritten__dbt_stg` rename to `main`.`mart`.`overwritten`
create or replace temporary view `parquet_table__dbt_tmp` as select 1 as id, 'a' as name
create table `main`.`mart`.`parquet_table` ( `id` int, `name` string ) using parquet options ( compression "snappy" ) partitioned by (name) clustered by (id) into 4 buckets location 's3://bucket/root/main/mart/parquet_table'
insert into `main`.`mart`.`parquet_table` by name select * from `parquet_table__dbt_tmp`
create or replace temporary view `plain_table__dbt_tmp` as select 1 as id, 'a' as name
drop table if exists `main`.`mart`.`plain_table__dbt_stg`
create or replace table `main`.`mart`.`plain_table__dbt_stg` ( `id` int, `name` string ) using delta
insert into `main`.`mart`.`plain_table__dbt_stg` by name select * from `plain_table__dbt_tmp`
alter table `main`.`mart`.`plain_table__dbt_stg` rename to `main`.`mart`.`plain_table`
create or replace temporary view `replaced_where__dbt_tmp` as select 1 as id, 'a' as name
drop table if exists `main`.`mart`.`replaced_where__dbt_stg`
create or replace table `main`.`mart`.`replaced_where__dbt_stg` ( `id` int, `name` string ) using delta
insert into `main`.`mart`.`replaced_where__dbt_stg` by name select * from `replaced_where__dbt_tmp`
alter table `main`.`mart`.`replaced_where__dbt_stg` rename to `main`.`mart`.`replaced_where`
create or replace temporary view `scheduled_summary__dbt_tmp` as select id, name from main.mart.plain_table LIMIT 10
create or replace materialized view `main`.`mart`.`scheduled_summary` ( `id` int, `name` string ) SCHEDULE CRON '0 0 * * * ? *' AT TIME ZONE 'Europe/Berlin' as select id, name from main.mart.plain_table
create or replace temporary view `self_clustered_table__dbt_tmp` as select 1 as id, 'a' as name
drop table if exists `main`.`mart`.`self_clustered_table__dbt_stg`
create or replace table `main`.`mart`.`self_clustered_table__dbt_stg` ( `id` int, `name` string ) using delta CLUSTER BY AUTO
insert into `main`.`mart`.`self_clustered_table__dbt_stg` by name select * from `self_clustered_table__dbt_tmp`
alter table `main`.`mart`.`self_clustered_table__dbt_stg` rename to `main`.`mart`.`self_clustered_table`
optimize `main`.`mart`.`self_clustered_table`
create or replace temporary view `settled_summary__dbt_tmp` as select id, name from main.mart.plain_table LIMIT 10
create or replace materialized view `main`.`mart`.`settled_summary` ( `id` int, `name` string ) as select id, name from main.mart.plain_table
create or replace view `main`.`mart`.`was_table` as ( select 1 as id, 'a' as name )
create or replace temporary view `was_view__dbt_tmp` as select 1 as id, 'a' as name
drop table if exists `main`.`mart`.`was_view__dbt_stg`
create or replace table `main`.`mart`.`was_view__dbt_stg` ( `id` int, `name` string ) using delta
insert into `main`.`mart`.`was_view__dbt_stg` by name select * from `was_view__dbt_tmp`
alter table `main`.`mart`.`was_view__dbt_stg` rename to `main`.`mart`.`was_view`
grant select on `main`.`mart`.`was_view` to `analysts`
create table `main`.`mart`.`countries` (`code` string comment 'ISO', `name` string, `size` double, `since` date, `eu` boolean) using delta comment 'Countries'
insert overwrite `main`.`mart`.`countries` values ('de','Germany, the "D"','357.5',date '1990-10-03',true),('fr','O\'France',null,date '1958-10-04',true)
grant select on `main`.`mart`.`countries` to `analysts`
create or replace view `main`.`mart`.`altered_view` tblproperties ( 'k' = 'v' ) as ( select id, name from `main`.`mart`.`plain_table` )
ALTER VIEW `main`.`mart`.`altered_view` SET TAGS ( 'tier' = 'gold' )
create or replace temporary view `batched__dbt_tmp_20240101` as select * from (select * from `main`.`mart`.`events` where at >= '2024-01-01 00:00:00+00:00' and at < '2024-01-02 00:00:00+00:00')
drop table if exists `main`.`mart`.`batched__dbt_stg`
create or replace table `main`.`mart`.`batched__dbt_stg` ( `id` int, `name` string ) using delta
insert into `main`.`mart`.`batched__dbt_stg` by name select * from `batched__dbt_tmp_20240101`
alter table `main`.`mart`.`batched__dbt_stg` rename to `main`.`mart`.`batched`
create or replace temporary view `batched__dbt_tmp_20240102` as select * from (select * from `main`.`mart`.`events` where at >= '2024-01-02 00:00:00+00:00' and at < '2024-01-03 00:00:00+00:00')
INSERT INTO `main`.`mart`.`batched` BY NAME REPLACE WHERE cast(at as TIMESTAMP) >= '2024-01-02 00:00:00+00:00' and cast(at as TIMESTAMP) < '2024-01-03 00:00:00+00:00' TABLE `batched__dbt_tmp_20240102`
create or replace temporary view `contract_table__dbt_tmp` as select 1 as id, 'a' as name
drop table if exists `main`.`mart`.`contract_table__dbt_stg`
create or replace table `main`.`mart`.`contract_table__dbt_stg` ( `id` int NOT NULL, `name` string, CONSTRAINT 09f651b87ea15836dcab33b2f2b933ca FOREIGN KEY (name) REFERENCES `main`.`mart`.`plain_table` (name), CONSTRAINT 2e6c51882c72ccc57ddd36d18fde5b45 PRIMARY KEY (id) ) using delta
ALTER TABLE `main`.`mart`.`contract_table__dbt_stg` ADD CONSTRAINT positive CHECK (id > 0)
insert into `main`.`mart`.`contract_table__dbt_stg` by name select * from `contract_table__dbt_tmp`
alter table `main`.`mart`.`contract_table__dbt_stg` rename to `main`.`mart`.`contract_table`
ALTER TABLE `main`.`mart`.`contract_table` DROP CONSTRAINT IF EXISTS 09f651b87ea15836dcab33b2f2b933ca
ALTER TABLE `main`.`mart`.`contract_table` DROP CONSTRAINT IF EXISTS 2e6c51882c72ccc57ddd36d18fde5b45
ALTER TABLE `main`.`mart`.`contract_table` ADD CONSTRAINT pk PRIMARY KEY (id)
ALTER TABLE `main`.`mart`.`contract_table` ADD CONSTRAINT fk FOREIGN KEY (name) REFERENCES `main`.`mart`.`plain_table` (name)
create or replace view `main`.`mart`.`described_view` ( `id` comment 'The key, it\'s new', `name` comment 'Name', `at` ) comment 'The shop\'s table' tblproperties ( 'k' = 'v' ) as ( select id, name from `main`.`mart`.`plain_table` )
ALTER VIEW `main`.`mart`.`described_view` SET TAGS ( 'tier' = 'gold' )
ALTER TABLE `main`.`mart`.`described_view` ALTER COLUMN `name` SET TAGS ( 'pii' = 'yes', 'kind' = '' )
revoke SELECT on `main`.`mart`.`described_view` from `others`
create or replace view `main`.`mart`.`measures` with metrics language yaml as $$ version: 0.1 source: "`main`.`mart`.`plain_table`" measures: - name: rows expr: count(1) $$
ALTER VIEW `main`.`mart`.`measures` SET TAGS ( 'tier' = 'gold' )
create or replace view `main`.`mart`.`plain_view` as ( select * from `main`.`mart`.`plain_table` )
create or replace temporary view `stream__dbt_tmp` as select id, name from `main`.`mart`.`plain_table`
CREATE STREAMING TABLE `main`.`mart`.`stream` ( `id` int COMMENT 'The key, it\'s new', `name` string COMMENT 'Name' ) COMMENT 'The shop\'s table' tblproperties ( 'k' = 'v' ) TRIGGER ON UPDATE AS select id, name from stream `main`.`mart`.`plain_table`
ALTER STREAMING TABLE `main`.`mart`.`stream` ALTER COLUMN `name` SET TAGS ( 'pii' = 'yes', 'kind' = '' )
create or replace temporary view `summary__dbt_tmp` as select id, name from `main`.`mart`.`plain_table` LIMIT 10
create or replace materialized view `main`.`mart`.`summary` ( `id` int COMMENT 'The key, it\'s new', `name` string COMMENT 'Name' ) PARTITIONED BY (name) COMMENT 'The shop\'s table' tblproperties ( 'k' = 'v' ) SCHEDULE EVERY 2 hours as select id, name from `main`.`mart`.`plain_table`
ALTER MATERIALIZED VIEW `main`.`mart`.`summary` SET TAGS ( 'tier' = 'gold' )
ALTER MATERIALIZED VIEW `main`.`mart`.`summary` ALTER COLUMN `name` SET TAGS ( 'pii' = 'yes', 'kind' = '' )
create or replace table `main`.`mart`.`kept` using delta comment 'Kept' as select *, md5(coalesce(cast(id as string ), '') || '|' || coalesce(cast(at as string ), '') ) as dbt_scd_id, at as dbt_updated_at, at as dbt_valid_from, coalesce(nullif(at, at), null) as dbt_valid_to from ( select * from `main`.`mart`.`events` ) sbq
ALTER TABLE `main`.`mart`.`kept` SET TAGS ( 'tier' = 'gold' )
COMMENT ON TABLE `main`.`mart`.`kept` IS 'Kept'
create or replace table `main`.`mart`.`kept_all` using delta as select *, md5(coalesce(cast(id as string ), '') || '|' || coalesce(cast(name as string ), '') || '|' || coalesce(cast(current_timestamp() as string ), '') ) as dbt_scd_id, current_timestamp() as dbt_updated_at, current_timestamp() as dbt_valid_from, coalesce(nullif(current_timestamp(), current_timestamp()), to_date('9999-12-31')) as dbt_valid_to , false as dbt_is_deleted from ( select * from `main`.`mart`.`events` ) sbq
