create schema if not exists `main`.`mart`
create or replace temporary view `appended__dbt_tmp` as select 1 as id, 'a' as name
insert into `main`.`mart`.`appended` by name select * from `appended__dbt_tmp`
create or replace table `main`.`mart`.`clustered_table` using delta CLUSTER BY (id, name) as select 1 as id, 'a' as name
optimize `main`.`mart`.`clustered_table`
create or replace temporary view `configured__dbt_tmp` as select 1 as id, 'a' as name
insert into `main`.`mart`.`configured` by name select * from `configured__dbt_tmp`
ALTER TABLE `main`.`mart`.`configured` SET TAGS ( 'tier' = 'gold' )
ALTER TABLE `main`.`mart`.`configured` SET tblproperties ( 'k' = 'v' )
ALTER TABLE `main`.`mart`.`configured` CLUSTER BY (id)
ALTER TABLE `main`.`mart`.`configured` ALTER COLUMN `name` SET TAGS ( 'pii' = 'yes' )
ALTER TABLE `main`.`mart`.`configured` SET ROW FILTER `main`.`mart`.`only_mine` ON (`name`)
revoke SELECT on `main`.`mart`.`configured` from `others`
optimize `main`.`mart`.`configured`
create or replace temporary view `deleted_inserted__dbt_tmp` as select 1 as id, 'a' as name
insert into table `main`.`mart`.`deleted_inserted` as target replace on (target.`id` <=> temp.`id`) (select `id`, `name` from `deleted_inserted__dbt_tmp` ) as temp
set spark.some = 1
create or replace table `main`.`mart`.`described_table` using delta partitioned by (name) comment 'The shop\'s table' tblproperties ( 'owner.team' = 'sales', 'delta.appendOnly' = 'false' ) as select 1 as id, 'a' as name
revoke SELECT on `main`.`mart`.`described_table` from `others`
grant select on `main`.`mart`.`described_table` to `auditors`
ALTER TABLE `main`.`mart`.`described_table` SET TAGS ( 'tier' = 'gold', 'pii' = 'None' )
ALTER TABLE `main`.`mart`.`described_table` ALTER COLUMN `name` SET TAGS ( 'pii' = 'yes', 'kind' = '' )
COMMENT ON COLUMN `main`.`mart`.`described_table`.`id` IS 'The key, it\'s new'
vacuum `main`.`mart`.`described_table`
analyze table `main`.`mart`.`described_table` compute statistics
create or replace table `main`.`mart`.`events` using delta as select 1 as id, 'a' as name, timestamp'2024-01-01 10:00:00' as at
create or replace table `main`.`mart`.`filtered_table` using delta WITH ROW FILTER `main`.`mart`.`only_mine` ON (`name`) as select 1 as id, 'a' as name
create or replace table `main`.`mart`.`iceberg_table` using delta tblproperties ( 'a' = 'b', 'delta.enableIcebergCompatV2' = 'true', 'delta.universalFormat.enabledFormats' = 'iceberg' ) as select 1 as id, 'a' as name
create or replace temporary view `merged__dbt_tmp` as select 1 as id, 'a' as name where 1 = 1
merge into `main`.`mart`.`merged` as DBT_INTERNAL_DEST using `merged__dbt_tmp` as DBT_INTERNAL_SOURCE on DBT_INTERNAL_SOURCE.`id` <=> DBT_INTERNAL_DEST.`id` when matched then update set * when not matched then insert *
create or replace temporary view `merged_in_part__dbt_tmp` as select 1 as id, 'a' as name
ALTER TABLE `main`.`mart`.`merged_in_part` ADD COLUMNS (`extra` decimal(10, 2))
merge into `main`.`mart`.`merged_in_part` as t using `merged_in_part__dbt_tmp` as s on DBT_INTERNAL_DEST.id > 0 and s.`id` <=> t.`id` and s.`name` <=> t.`name` when matched and (t.id <> s.id) then update set `id` = s.`id` when not matched then insert (`id`, `name`, `extra`) VALUES (s.`id`, s.`name`, s.`extra`) when not matched by source and (t.id < 100) then delete
ALTER TABLE `main`.`mart`.`merged_in_part` ALTER COLUMN `name` SET TAGS ( 'pii' = 'yes', 'kind' = '' )
COMMENT ON TABLE `main`.`mart`.`merged_in_part` IS 'The shop\'s table'
COMMENT ON COLUMN `main`.`mart`.`merged_in_part`.`id` IS 'The key, it\'s new'
create or replace table `main`.`mart`.`ordered_table` using delta as select 1 as id, 'a' as name
optimize `main`.`mart`.`ordered_table` zorder by (id, name)
create or replace temporary view `overwritten__dbt_tmp` as select 1 as id, 'a' as name
insert into table `main`.`mart`.`overwritten` AS t replace on (t.`name` <=> s.`name`) (select `id`, `name` from `overwritten__dbt_tmp`) AS s
drop table if exists `main`.`mart`.`parquet_table`
create table `main`.`mart`.`parquet_table` using parquet options ( compression "snappy" ) partitioned by (name) clustered by (id) into 4 buckets location 's3://bucket/root/main/mart/parquet_table' as select 1 as id, 'a' as name
ALTER TABLE `main`.`mart`.`plain_table` DROP ROW FILTER
create or replace table `main`.`mart`.`plain_table` using delta as select 1 as id, 'a' as name
create or replace temporary view `replaced_where__dbt_tmp` as select 1 as id, 'a' as name
INSERT INTO `main`.`mart`.`replaced_where` BY NAME REPLACE WHERE name = 'a' and id > 0 TABLE `replaced_where__dbt_tmp`
create or replace temporary view `scheduled_summary__dbt_tmp` as select id, name from main.mart.plain_table LIMIT 10
create or replace materialized view `main`.`mart`.`scheduled_summary` ( `id` int, `name` string ) SCHEDULE CRON '0 0 * * * ? *' AT TIME ZONE 'Europe/Berlin' as select id, name from main.mart.plain_table
create or replace table `main`.`mart`.`self_clustered_table` using delta CLUSTER BY AUTO as select 1 as id, 'a' as name
optimize `main`.`mart`.`self_clustered_table`
create or replace temporary view `settled_summary__dbt_tmp` as select id, name from main.mart.plain_table LIMIT 10
create or replace materialized view `main`.`mart`.`settled_summary` ( `id` int, `name` string ) as select id, name from main.mart.plain_table
DROP VIEW IF EXISTS `main`.`mart`.`was_table__dbt_stg`
create or replace view `main`.`mart`.`was_table__dbt_stg` as ( select 1 as id, 'a' as name )
drop table if exists `main`.`mart`.`was_table__dbt_backup`
alter table `main`.`mart`.`was_table` rename to `main`.`mart`.`was_table__dbt_backup`
ALTER VIEW `main`.`mart`.`was_table__dbt_stg` RENAME TO `main`.`mart`.`was_table`
drop table if exists `main`.`mart`.`was_table__dbt_backup`
drop table if exists `main`.`mart`.`was_view__dbt_stg`
create or replace table `main`.`mart`.`was_view__dbt_stg` using delta as select 1 as id, 'a' as name
DROP VIEW IF EXISTS `main`.`mart`.`was_view`
alter table `main`.`mart`.`was_view__dbt_stg` rename to `main`.`mart`.`was_view`
revoke SELECT on `main`.`mart`.`was_view` from `others`
create or replace table `main`.`mart`.`countries` (`code` string comment 'ISO', `name` string, `size` double, `since` date, `eu` boolean) using delta comment 'Countries'
insert overwrite `main`.`mart`.`countries` values ('de','Germany, the "D"','357.5',date '1990-10-03',true),('fr','O\'France',null,date '1958-10-04',true)
revoke SELECT on `main`.`mart`.`countries` from `others`
create or replace view `main`.`mart`.`altered_view` tblproperties ( 'k' = 'v' ) as ( select id, name from `main`.`mart`.`plain_table` )
ALTER VIEW `main`.`mart`.`altered_view` SET TAGS ( 'tier' = 'gold' )
create or replace temporary view `batched__dbt_tmp_20240101` as select * from (select * from `main`.`mart`.`events` where at >= '2024-01-01 00:00:00+00:00' and at < '2024-01-02 00:00:00+00:00')
INSERT INTO `main`.`mart`.`batched` BY NAME REPLACE WHERE cast(at as TIMESTAMP) >= '2024-01-01 00:00:00+00:00' and cast(at as TIMESTAMP) < '2024-01-02 00:00:00+00:00' TABLE `batched__dbt_tmp_20240101`
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
CREATE OR REFRESH STREAMING TABLE `main`.`mart`.`stream` COMMENT 'The shop\'s table' tblproperties ( 'k' = 'v' ) AS select id, name from stream `main`.`mart`.`plain_table`
ALTER STREAMING TABLE `main`.`mart`.`stream` ADD TRIGGER ON UPDATE
ALTER STREAMING TABLE `main`.`mart`.`stream` ALTER COLUMN `name` SET TAGS ( 'pii' = 'yes', 'kind' = '' )
create or replace temporary view `summary__dbt_tmp` as select id, name from `main`.`mart`.`plain_table` LIMIT 10
drop materialized view if exists `main`.`mart`.`summary`
create or replace materialized view `main`.`mart`.`summary` ( `id` int COMMENT 'The key, it\'s new', `name` string COMMENT 'Name' ) PARTITIONED BY (name) COMMENT 'The shop\'s table' tblproperties ( 'k' = 'v' ) SCHEDULE EVERY 2 hours as select id, name from `main`.`mart`.`plain_table`
ALTER MATERIALIZED VIEW `main`.`mart`.`summary` SET TAGS ( 'tier' = 'gold' )
ALTER MATERIALIZED VIEW `main`.`mart`.`summary` ALTER COLUMN `name` SET TAGS ( 'pii' = 'yes', 'kind' = '' )
create or replace temporary view `kept__dbt_tmp` as with snapshot_query as ( select * from `main`.`mart`.`events` ), snapshotted_data as ( select *, id as dbt_unique_key from `main`.`mart`.`kept` where dbt_valid_to is null ), insertions_source_data as ( select *, id as dbt_unique_key, at as dbt_updated_at, at as dbt_valid_from, coalesce(nullif(at, at), null) as dbt_valid_to , md5(coalesce(cast(id as string ), '') || '|' || coalesce(cast(at as string ), '') ) as dbt_scd_id from snapshot_query ), updates_source_data as ( select *, id as dbt_unique_key, at as dbt_updated_at, at as dbt_valid_from, at as dbt_valid_to from snapshot_query ), insertions as ( select 'insert' as dbt_change_type, source_data.* from insertions_source_data as source_data left outer join snapshotted_data on snapshotted_data.dbt_unique_key = source_data.dbt_unique_key where snapshotted_data.dbt_unique_key is null or (snapshotted_data.dbt_unique_key is not null and ((snapshotted_data.dbt_valid_from < source_data.at))) ), updates as ( select 'update' as dbt_change_type, source_data.*, snapshotted_data.dbt_scd_id from updates_source_data as source_data join snapshotted_data on snapshotted_data.dbt_unique_key = source_data.dbt_unique_key where ((snapshotted_data.dbt_valid_from < source_data.at)) ) select * from insertions union all select * from updates
alter table `main`.`mart`.`kept` add columns ( `more` string )
merge into `main`.`mart`.`kept` as DBT_INTERNAL_DEST using `kept__dbt_tmp` as DBT_INTERNAL_SOURCE on DBT_INTERNAL_SOURCE.`dbt_scd_id` = DBT_INTERNAL_DEST.`dbt_scd_id` when matched and DBT_INTERNAL_DEST.`dbt_valid_to` is null and DBT_INTERNAL_SOURCE.`dbt_change_type` in ('update', 'delete') then update set `dbt_valid_to` = DBT_INTERNAL_SOURCE.`dbt_valid_to` when not matched and DBT_INTERNAL_SOURCE.`dbt_change_type` = 'insert' then insert (`id`, `name`, `at`, `more`, `dbt_scd_id`, `dbt_updated_at`, `dbt_valid_from`, `dbt_valid_to`) values (`id`, `name`, `at`, `more`, `dbt_scd_id`, `dbt_updated_at`, `dbt_valid_from`, `dbt_valid_to`)
ALTER TABLE `main`.`mart`.`kept` SET TAGS ( 'tier' = 'gold' )
COMMENT ON TABLE `main`.`mart`.`kept` IS 'Kept'
DROP VIEW IF EXISTS `kept__dbt_tmp`
create or replace temporary view `kept_all__dbt_tmp` as with snapshot_query as ( select * from `main`.`mart`.`events` ), snapshotted_data as ( select *, id as dbt_unique_key_1, name as dbt_unique_key_2 from `main`.`mart`.`kept_all` where ( (dbt_valid_to = to_date('9999-12-31')) or dbt_valid_to is null ) ), insertions_source_data as ( select *, id as dbt_unique_key_1, name as dbt_unique_key_2, current_timestamp() as dbt_updated_at, current_timestamp() as dbt_valid_from, coalesce(nullif(current_timestamp(), current_timestamp()), to_date('9999-12-31')) as dbt_valid_to , md5(coalesce(cast(id as string ), '') || '|' || coalesce(cast(name as string ), '') || '|' || coalesce(cast(current_timestamp() as string ), '') ) as dbt_scd_id from snapshot_query ), updates_source_data as ( select *, id as dbt_unique_key_1, name as dbt_unique_key_2, current_timestamp() as dbt_updated_at, current_timestamp() as dbt_valid_from, current_timestamp() as dbt_valid_to from snapshot_query ), deletes_source_data as ( select *, id as dbt_unique_key_1, name as dbt_unique_key_2 from snapshot_query ), insertions as ( select 'insert' as dbt_change_type, source_data.*, false as dbt_is_deleted from insertions_source_data as source_data left outer join snapshotted_data on (snapshotted_data.dbt_unique_key_1 = source_data.dbt_unique_key_1) and (snapshotted_data.dbt_unique_key_2 = source_data.dbt_unique_key_2) where snapshotted_data.dbt_unique_key_1 is null or (snapshotted_data.dbt_unique_key_1 is not null and ((snapshotted_data.`id` != source_data.`id` or ( ((snapshotted_data.`id` is null) and not (source_data.`id` is null)) or ((not snapshotted_data.`id` is null) and (source_data.`id` is null)) ) or snapshotted_data.`name` != source_data.`name` or ( ((snapshotted_data.`name` is null) and not (source_data.`name` is null)) or ((not snapshotted_data.`name` is null) and (source_data.`name` is null)) ) or snapshotted_data.`at` != source_data.`at` or ( ((snapshotted_data.`at` is null) and not (source_data.`at` is null)) or ((not snapshotted_data.`at` is null) and (source_data.`at` is null)) )) or snapshotted_data.dbt_is_deleted = true)) ), updates as ( select 'update' as dbt_change_type, source_data.*, snapshotted_data.dbt_scd_id, snapshotted_data.dbt_is_deleted from updates_source_data as source_data join snapshotted_data on (snapshotted_data.dbt_unique_key_1 = source_data.dbt_unique_key_1) and (snapshotted_data.dbt_unique_key_2 = source_data.dbt_unique_key_2) where ((snapshotted_data.`id` != source_data.`id` or ( ((snapshotted_data.`id` is null) and not (source_data.`id` is null)) or ((not snapshotted_data.`id` is null) and (source_data.`id` is null)) ) or snapshotted_data.`name` != source_data.`name` or ( ((snapshotted_data.`name` is null) and not (source_data.`name` is null)) or ((not snapshotted_data.`name` is null) and (source_data.`name` is null)) ) or snapshotted_data.`at` != source_data.`at` or ( ((snapshotted_data.`at` is null) and not (source_data.`at` is null)) or ((not snapshotted_data.`at` is null) and (source_data.`at` is null)) )) or snapshotted_data.dbt_is_deleted = true) ), deletes as ( select 'delete' as dbt_change_type, source_data.*, current_timestamp() as dbt_valid_from, current_timestamp() as dbt_updated_at, current_timestamp() as dbt_valid_to, snapshotted_data.dbt_scd_id, snapshotted_data.dbt_is_deleted from snapshotted_data left join deletes_source_data as source_data on (snapshotted_data.dbt_unique_key_1 = source_data.dbt_unique_key_1) and (snapshotted_data.dbt_unique_key_2 = source_data.dbt_unique_key_2) where source_data.dbt_unique_key_1 is null and not (snapshotted_data.dbt_is_deleted = true and snapshotted_data.dbt_valid_to = to_date('9999-12-31')) ), deletion_records as ( select 'insert' as dbt_change_type, snapshotted_data.`id`, snapshotted_data.`name`, NULL as `at`, snapshotted_data.id as dbt_unique_key_1, snapshotted_data.name as dbt_unique_key_2, current_timestamp() as dbt_valid_from, current_timestamp() as dbt_updated_at, snapshotted_data.dbt_valid_to as dbt_valid_to, md5(coalesce(cast(dbt_scd_id as string ), '') || '|' || coalesce(cast(current_timestamp() as string ), '') ) as dbt_scd_id, true as dbt_is_deleted from snapshotted_data left join deletes_source_data as source_data on (snapshotted_data.dbt_unique_key_1 = source_data.dbt_unique_key_1) and (snapshotted_data.dbt_unique_key_2 = source_data.dbt_unique_key_2) where source_data.dbt_unique_key_1 is null and not (snapshotted_data.dbt_is_deleted = true and snapshotted_data.dbt_valid_to = to_date('9999-12-31')) ) select * from insertions union all select * from updates union all select * from deletes union all select * from deletion_records
merge into `main`.`mart`.`kept_all` as DBT_INTERNAL_DEST using `kept_all__dbt_tmp` as DBT_INTERNAL_SOURCE on DBT_INTERNAL_SOURCE.`dbt_scd_id` = DBT_INTERNAL_DEST.`dbt_scd_id` when matched and ( DBT_INTERNAL_DEST.`dbt_valid_to` = to_date('9999-12-31') or DBT_INTERNAL_DEST.`dbt_valid_to` is null ) and DBT_INTERNAL_SOURCE.`dbt_change_type` in ('update', 'delete') then update set `dbt_valid_to` = DBT_INTERNAL_SOURCE.`dbt_valid_to` when not matched and DBT_INTERNAL_SOURCE.`dbt_change_type` = 'insert' then insert (`id`, `name`, `at`, `dbt_scd_id`, `dbt_updated_at`, `dbt_valid_from`, `dbt_valid_to`, `dbt_is_deleted`) values (`id`, `name`, `at`, `dbt_scd_id`, `dbt_updated_at`, `dbt_valid_from`, `dbt_valid_to`, `dbt_is_deleted`)
DROP VIEW IF EXISTS `kept_all__dbt_tmp`
