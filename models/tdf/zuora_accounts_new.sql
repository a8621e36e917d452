{{ model_count_and_group_by_date('zuora_account_source', 'created_date') }}
