{{ config(group='finance', alias='dotted_report') }}
select count(*) as months from {{ ref('revenue') }}
