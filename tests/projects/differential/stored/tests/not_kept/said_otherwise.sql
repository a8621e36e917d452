{{ config(store_failures_as='view') }} select name from {{ ref('rows') }} where id = 3
