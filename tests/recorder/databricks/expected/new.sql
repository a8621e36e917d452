create schema if not exists `main`.`mart`
create or replace table `main`.`mart`.`appended` using delta as select 1 as id, 'a' as name
create or replace table `main`.`mart`.`clustered_table` using delta CLUSTER BY (id, name) as select 1 as id, 'a' as name
optimize `main`.`mart`.`clustered_table`
create or replace table `main`.`mart`.`configured` using delta WITH ROW FILTER `main`.`mart`.`only_mine` ON (`name`) CLUSTER BY (id) tblproperties ( 'k' = 'v' ) as select 1 as id, 'a' as name
ALTER TABLE `main`.`mart`.`configured` SET TAGS ( 'tier' = 'gold', 'team' = 'sales' )
ALTER TABLE `main`.`mart`.`configured` ALTER COLUMN `name` SET TAGS ( 'pii' = 'yes' )
grant select on `main`.`mart`.`configured` to `analysts`
optimize `main`.`mart`.`configured`
create or replace table `main`.`mart`.`deleted_inserted` using delta as select 1 as id, 'a' as name
set spark.some = 1
create or replace table `main`.`mart`.`described_table` using delta partitioned by (name) comment 'The shop\'s table' tblproperties ( 'owner.team' = 'sales', 'delta.appendOnly' = 'false' ) as select 1 as id, 'a' as name
grant select on `main`.`mart`.`described_table` to `analysts`
grant select on `main`.`mart`.`described_table` to `auditors`
ALTER TABLE `main`.`mart`.`described_table` SET TAGS ( 'tier' = 'gold', 'pii' = 'None' )
ALTER TABLE `main`.`mart`.`described_table` ALTER COLUMN `name` SET TAGS ( 'pii' = 'yes', 'kind' = '' )
COMMENT ON COLUMN `main`.`mart`.`described_table`.`id` IS 'The key, it\'s new'
vacuum `main`.`mart`.`described_table`
analyze table `main`.`mart`.`described_table` compute statistics
create or replace table `main`.`mart`.`events` using delta as select 1 as id, 'a' as name, timestamp'2024-01-01 10:00:00' as at
create or replace table `main`.`mart`.`filtered_table` using delta WITH ROW FILTER `main`.`mart`.`only_mine` ON (`name`) as select 1 as id, 'a' as name
create or replace table `main`.`mart`.`iceberg_table` using delta tblproperties ( 'a' = 'b', 'delta.enableIcebergCompatV2' = 'true', 'delta.universalFormat.enabledFormats' = 'iceberg' ) as select 1 as id, 'a' as name
create or replace table `main`.`mart`.`merged` using delta as select 1 as id, 'a' as name
create or replace table `main`.`mart`.`merged_in_part` using delta comment 'The shop\'s table' as select 1 as id, 'a' as name
ALTER TABLE `main`.`mart`.`merged_in_part` ALTER COLUMN `name` SET TAGS ( 'pii' = 'yes', 'kind' = '' )
COMMENT ON COLUMN `main`.`mart`.`merged_in_part`.`id` IS 'The key, it\'s new'
create or replace table `main`.`mart`.`ordered_table` using delta as select 1 as id, 'a' as name
optimize `main`.`mart`.`ordered_table` zorder by (id, name)
create or replace table `main`.`mart`.`overwritten` using delta partitioned by (name) as select 1 as id, 'a' as name
create table `main`.`mart`.`parquet_table` using parquet options ( compression "snappy" ) partitioned by (name) clustered by (id) into 4 buckets location 's3://bucket/root/main/mart/parquet_table' as select 1 as id, 'a' as name
create or replace table `main`.`mart`.`plain_table` using delta as select 1 as id, 'a' as name
create or replace table `main`.`mart`.`replaced_where` using delta as select 1 as id, 'a' as name
create or replace temporary view `scheduled_summary__dbt_tmp` as select id, name from main.mart.plain_table LIMIT 10
create or replace materialized view `main`.`mart`.`scheduled_summary` ( `id` int, `name` string ) SCHEDULE CRON '0 0 * * * ? *' AT TIME ZONE 'Europe/Berlin' as select id, name from main.mart.plain_table
create or replace table `main`.`mart`.`self_clustered_table` using delta CLUSTER BY AUTO as select 1 as id, 'a' as name
optimize `main`.`mart`.`self_clustered_table`
create or replace temporary view `settled_summary__dbt_tmp` as select id, name from main.mart.plain_table LIMIT 10
create or replace materialized view `main`.`mart`.`settled_summary` ( `id` int, `name` string ) as select id, name from main.mart.plain_table
create or replace view `main`.`mart`.`was_table` as ( select 1 as id, 'a' as name )
create or replace table `main`.`mart`.`was_view` using delta as select 1 as id, 'a' as name
grant select on `main`.`mart`.`was_view` to `analysts`
create table `main`.`mart`.`countries` (`code` string comment 'ISO', `name` string, `size` double, `since` date, `eu` boolean) using delta comment 'Countries'
insert overwrite `main`.`mart`.`countries` values ('de','Germany, the "D"','357.5',date '1990-10-03',true),('fr','O\'France',null,date '1958-10-04',true)
grant select on `main`.`mart`.`countries` to `analysts`
create or replace view `main`.`mart`.`altered_view` tblproperties ( 'k' = 'v' ) as ( select id, name from `main`.`mart`.`plain_table` )
ALTER VIEW `main`.`mart`.`altered_view` SET TAGS ( 'tier' = 'gold' )
create or replace table `main`.`mart`.`batched` using delta as select * from (select * from `main`.`mart`.`events` where at >= '2024-01-01 00:00:00+00:00' and at < '2024-01-02 00:00:00+00:00')
create or replace temporary view `batched__dbt_tmp_20240102` as select * from (select * from `main`.`mart`.`events` where at >= '2024-01-02 00:00:00+00:00' and at < '2024-01-03 00:00:00+00:00')
INSERT INTO `main`.`mart`.`batched` BY NAME REPLACE WHERE cast(at as TIMESTAMP) >= '2024-01-02 00:00:00+00:00' and cast(at as TIMESTAMP) < '2024-01-03 00:00:00+00:00' TABLE `batched__dbt_tmp_20240102`
create or replace table `main`.`mart`.`contract_table` using delta as select id, name from ( select 1 as id, 'a' as name ) as model_subq
alter table `main`.`mart`.`contract_table` change column `id` set not null
alter table `main`.`mart`.`contract_table` add constraint fk foreign key(`name`) references `main`.`mart`.`plain_table`(`name`)
alter table `main`.`mart`.`contract_table` add constraint pk primary key(`id`)
alter table `main`.`mart`.`contract_table` add constraint positive check (id > 0)
create or replace view `main`.`mart`.`described_view` ( `id` comment 'The key, it\'s new', `name` comment 'Name', `at` ) comment 'The shop\'s table' tblproperties ( 'k' = 'v' ) as ( select id, name from `main`.`mart`.`plain_table` )
revoke SELECT on `main`.`mart`.`described_view` from `others`
ALTER VIEW `main`.`mart`.`described_view` SET TAGS ( 'tier' = 'gold' )
ALTER TABLE `main`.`mart`.`described_view` ALTER COLUMN `name` SET TAGS ( 'pii' = 'yes', 'kind' = '' )
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
