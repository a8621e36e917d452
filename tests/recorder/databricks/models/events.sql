{{ config(event_time='at') }}
select 1 as id, 'a' as name, timestamp'2024-01-01 10:00:00' as at
