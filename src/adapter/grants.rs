//! What a row of a warehouse's list of grants says.

/// One row of the query for the grants on a relation.
pub struct GrantRow<'r> {
    /// The text in a column; none where there is no such column.
    pub column: &'r dyn Fn(&str) -> Option<String>,
    /// Whether a behavior flag is on.
    pub flag: &'r dyn Fn(&str) -> bool,
    /// The profile's user.
    pub user: &'r str,
}

/// A privilege, and who has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Grant {
    pub privilege: String,
    pub grantee: String,
}

impl GrantRow<'_> {
    pub fn column(&self, name: &str) -> Option<String> {
        (self.column)(name)
    }

    /// What the two columns say.
    pub fn grant(&self, privilege: &str, grantee: &str) -> Option<Grant> {
        Some(Grant { privilege: self.column(privilege)?, grantee: self.column(grantee)? })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::adapter::dialect::dialect;

    fn read(type_name: &str, row: &[(&str, &str)], flags: &[&str]) -> Option<(String, String)> {
        let column =
            |name: &str| row.iter().find(|(known, _)| *known == name).map(|(_, text)| text.to_string());
        let flag = |name: &str| flags.contains(&name);
        let row = GrantRow { column: &column, flag: &flag, user: "me" };
        dialect(type_name)?.grant(&row).map(|grant| (grant.privilege, grant.grantee))
    }

    fn grant(privilege: &str, grantee: &str) -> Option<(String, String)> {
        Some((privilege.into(), grantee.into()))
    }

    #[test]
    fn most_name_privilege_and_grantee() {
        let row = [("grantee", "ann"), ("privilege_type", "select")];
        for type_name in ["postgres", "bigquery", "redshift"] {
            assert_eq!(read(type_name, &row, &[]), grant("select", "ann"), "{type_name}");
        }
        assert_eq!(read("postgres", &[("who", "ann")], &[]), None);
    }

    #[test]
    fn owners_and_shares_are_no_grants_of_snowflake() {
        let row = |privilege, to| [("privilege", privilege), ("granted_to", to), ("grantee_name", "ANN")];
        assert_eq!(read("snowflake", &row("SELECT", "ROLE"), &[]), grant("SELECT", "ANN"));
        assert_eq!(read("snowflake", &row("OWNERSHIP", "ROLE"), &[]), None);
        assert_eq!(read("snowflake", &row("SELECT", "SHARE"), &[]), None);
    }

    #[test]
    fn grants_on_schemas_are_none_of_a_table() {
        let row = |action, object| [("ActionType", action), ("ObjectType", object), ("Principal", "ann")];
        for type_name in ["spark", "databricks"] {
            assert_eq!(read(type_name, &row("SELECT", "TABLE"), &[]), grant("SELECT", "ann"));
            assert_eq!(read(type_name, &row("OWN", "TABLE"), &[]), None);
            assert_eq!(read(type_name, &row("SELECT", "DATABASE"), &[]), None);
        }
    }

    #[test]
    fn redshift_has_identities_of_several_kinds() {
        let row =
            |kind, name| [("identity_type", kind), ("identity_name", name), ("privilege_type", "SELECT")];
        let extended = ["redshift_grants_extended"];
        assert_eq!(read("redshift", &row("user", "ann"), &extended), grant("select", "user:ann"));
        assert_eq!(read("redshift", &row("ROLE", "/staff"), &extended), grant("select", "group:staff"));
        assert_eq!(read("redshift", &row("role", "sys:secadmin"), &extended), None);
        assert_eq!(read("redshift", &row("public", "public"), &extended), None);
        assert_eq!(read("redshift", &row("user", "ann"), &[]), grant("select", "ann"));
        assert_eq!(read("redshift", &row("role", "staff"), &[]), None);
        assert_eq!(read("redshift", &row("user", "Me"), &[]), None);
    }
}
