{{ config(materialized='table', tags=['first']) }}
select no_such_column
from {{ ref('fine') }}
