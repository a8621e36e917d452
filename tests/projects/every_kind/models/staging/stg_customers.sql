{{ config(meta={'contains_pii': true}) }}
select id as customer_id, name, country, signed_up
from {{ source('shop', 'buyers') }}
-- depends_on: {{ ref('customers') }}
