{{ config(materialized='view', post_hook={"sql": "{{ note('outside') }}", "transaction": false}) }}
select * from {{ ref('first') }}
