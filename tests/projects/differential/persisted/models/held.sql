{{ config(materialized='table', contract={'enforced': true}) }}
select cast('a' as varchar) as "Full Name", 7 as id
