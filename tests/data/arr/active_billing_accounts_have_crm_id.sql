{{ config(tags=['zuora'], meta={'test_id': 'T-20'}, severity='warn') }}

-- Every active billing account names its Salesforce account.
select
    account_id,
    account_number
from {{ ref('zuora_account') }}
where account_status = 'Active'
    and crm_id is null
