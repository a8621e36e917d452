{{ config(materialized='table', indexes=[{'columns': ['id'], 'unique': true}, {'columns': ['id', 'amount']}]) }}
select 1 as id, 'a' as "Full Name", 2.5 as amount, 'é' as "sélect", 1 as UPPER_ONE, 0 as bare
