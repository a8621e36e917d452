{{ cs_metric_report(
    cs_segment='Digital-Touch',
    phase='Enable',
    metrics=[
        'email_open_rate',
        'email_click_through_rate',
        'time_to_first_value_days',
        'onboarding_nps',
        'onboarding_csat',
    ],
    values=[
        ref('cs_values_emails'),
        ref('cs_values_onboarding'),
        ref('cs_values_surveys'),
    ]
) }}
