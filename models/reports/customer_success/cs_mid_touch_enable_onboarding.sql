{{ cs_metric_report(
    cs_segment='Mid-Touch',
    phase='Enable',
    metrics=[
        'time_to_first_engage_days',
        'time_to_first_value_days',
        'time_to_onboard_days',
        'net_new_onboarding_webinar_attendance',
        'onboarding_nps',
        'onboarding_csat',
    ],
    values=[
        ref('cs_values_onboarding'),
        ref('cs_values_webinars'),
        ref('cs_values_surveys'),
    ]
) }}
