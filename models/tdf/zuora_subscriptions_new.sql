{{ model_count_and_group_by_date('zuora_subscription_source', 'created_date') }}
