{{ new_and_updated_per_day('zuora_subscriptions_new', 'zuora_subscriptions_updated') }}
