{{ new_and_updated_per_day('zuora_accounts_new', 'zuora_accounts_updated') }}
