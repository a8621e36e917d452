{{ config(alias='Other_Name', schema=' spaced ', database='warehouse') }}
select * from {{ ref('nested') }}
