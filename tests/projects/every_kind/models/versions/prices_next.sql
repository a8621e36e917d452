select product_id, price, currency, true as is_current from {{ ref('prices', v=2) }}
