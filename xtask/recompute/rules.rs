//! The decision tables of the specification: product category, delivery, sales segment, owner team.

/// Plan names that are services, compared exactly after trimming.
const SERVICES: [&str; 48] = [
    "GitLab Service Package",
    "Implementation Services Quick Start",
    "Implementation Support",
    "Implementation Quick Start",
    "Support Package",
    "Admin Training",
    "CI/CD Training",
    "GitLab Project Management Training",
    "GitLab with Git Basics Training",
    "Travel Expenses",
    "Training Workshop",
    "GitLab for Project Managers Training - Remote",
    "GitLab with Git Basics Training - Remote",
    "GitLab for System Administrators Training - Remote",
    "GitLab CI/CD Training - Remote",
    "InnerSourcing Training - Remote for your team",
    "GitLab DevOps Fundamentals Training",
    "Self-Managed Rapid Results Consulting",
    "Gitlab.com Rapid Results Consulting",
    "GitLab Security Essentials Training - Remote Delivery",
    "InnerSourcing Training - At your site",
    "Migration+",
    "One Time Discount",
    "LDAP Integration",
    "Dedicated Implementation Services",
    "Quick Start without HA, less than 500 users",
    "Jenkins Integration",
    "Hourly Consulting",
    "JIRA Integration",
    "Custom PS Education Services",
    "Dedicated Engineer - 3 Month (w/ Security Clearance)",
    "Dedicated Engineer - 12 Month",
    "Dedicated Engineer - 3 Month",
    "Dedicated Engineer - 6 Month (w/ Security Clearance)",
    "Dedicated Engineer - 6 Month",
    "GitLab System Administration Training - Remote",
    "Expert Services (48 Hours)",
    "GitLab CI/CD Training - Onsite",
    "GitLab DevSecOps Fundamentals Training - Remote",
    "GitLab Agile Portfolio Management Training - Remote",
    "GitLab System Administration Training - Onsite",
    "GitLab Agile Portfolio Management Training - Onsite",
    "GitLab Security Essentials Training - Remote",
    "GitLab with Git Fundamentals Training - Onsite",
    "GitLab with Git Fundamentals Training - Remote",
    "Implementation QuickStart - GitLab.com",
    "GitLab Security Essentials Training - Onsite",
    "Implementation QuickStart - Self Managed (HA)",
];

/// The results of rules P1 to P22.
const CATEGORIES: [&str; 22] = [
    "SaaS - Ultimate",
    "SaaS - Premium",
    "Dedicated - Ultimate",
    "Self-Managed - Ultimate",
    "Self-Managed - Premium",
    "SaaS - Ultimate",
    "SaaS - Premium",
    "SaaS - Bronze",
    "Self-Managed - Starter",
    "Plus",
    "Standard",
    "Basic",
    "Trueup",
    "SaaS - AI Add Ons",
    "GitHost",
    "Support",
    "Support",
    "SaaS - Other",
    "Other",
    "SaaS - Other",
    "Storage",
    "Not Applicable",
];

/// What rules P1 to P8 look for anywhere in the name.
const PARTS: [&str; 8] = [
    "saas - ultimate",
    "saas - premium",
    "dedicated - ultimate",
    "ultimate",
    "premium",
    "gold",
    "silver",
    "bronze",
];

const OTHER: [&str; 4] =
    ["#movingtogitlab", "Payment Gateway Test", "EdCast Settlement Revenue", "GitLab Certification Exam"];

const SAAS_OTHER: [&str; 5] = [
    "File Locking",
    "Time Tracking",
    "1,000 CI Minutes",
    "1,000 Compute Minutes",
    "Training LMS Settlement Revenue",
];

/// The product category of a rate plan's name.
pub fn product_category(name: Option<&str>) -> &'static str {
    CATEGORIES[product_rule(name) - 1]
}

/// The number of the first rule, 1 to 22, that a rate plan's name meets.
pub fn product_rule(name: Option<&str>) -> usize {
    let Some(name) = name else { return 22 };
    let (lower, trimmed) = (name.to_lowercase(), name.trim_matches(' '));
    let has = |part: &str| lower.contains(part);
    let starts = |start: &str| lower.starts_with(start);
    if let Some(at) = PARTS.iter().position(|part| has(part)) {
        return at + 1;
    }
    let starter = has("starter") || starts("gitlab enterprise edition");
    let later = [
        starter || name == "Pivotal Cloud Foundry Tile for GitLab EE",
        starts("plus"),
        starts("standard"),
        starts("basic"),
        name == "Trueup",
        starts("saas - code suggestions"),
        lower.trim_start_matches(' ').starts_with("githost"),
        has("quick start with ha") || has("proserv training per-seat add-on"),
        SERVICES.contains(&trimmed),
        starts("gitlab geo") || starts("ci runner"),
        starts("discount") || OTHER.contains(&trimmed),
        SAAS_OTHER.contains(&trimmed),
        trimmed == "Gitlab Storage 10GB",
    ];
    later.iter().position(|met| *met).map_or(22, |at| at + 9)
}

/// How a product category is delivered.
pub fn delivery(category: &str) -> Option<&'static str> {
    let lower = category.to_lowercase();
    let saas = ["Storage", "Standard", "Basic", "Plus", "GitHost"];
    if lower.contains("saas") || saas.contains(&category) || lower.contains("dedicated - ultimate") {
        Some("SaaS")
    } else if lower.contains("self-managed") {
        Some("Self-Managed")
    } else if ["Other", "Support", "Trueup"].contains(&category) {
        Some("Others")
    } else {
        None
    }
}

/// The sales segment of a raw value.
pub fn sales_segment(raw: Option<&str>) -> String {
    let value = raw.unwrap_or_default().trim_matches(' ').to_lowercase();
    let middle = value.strip_prefix("mid").is_some_and(|rest| rest.ends_with("market"));
    let known = match value.as_str() {
        "" | "unknown" | "smb" => "SMB",
        "mm" => "Mid-Market",
        _ if middle => "Mid-Market",
        "lrg" => "Large",
        "pubsec" => "PubSec",
        "jihu" => "JiHu",
        _ => {
            let mut chars = value.chars();
            let first = chars.next().map(|c| c.to_uppercase().to_string()).unwrap_or_default();
            return first + chars.as_str();
        }
    };
    known.to_owned()
}

/// One space on each side of every hyphen.
pub fn owner_team(raw: &str) -> String {
    raw.split('-').map(str::trim).collect::<Vec<_>>().join(" - ")
}
