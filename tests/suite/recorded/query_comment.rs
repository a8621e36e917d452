//! The comment of each statement names what it is for.

use super::Recorded;

#[test]
fn hooks_of_the_project_have_no_node() {
    let profile = "{type: postgres, host: h, user: u, password: pw, dbname: db, schema: s, port: 1}";
    let project =
        "name: shop\nversion: '1.0'\nprofile: shop\non-run-start: select 'start'\non-run-end: select 'end'\n";
    let files = [
        ("dbt_project.yml", project),
        ("models/a.sql", "{{ config(pre_hook=\"select 'before'\") }}\nselect 1 as id"),
    ];
    let shop = Recorded::new(profile, "HEADWATER_DRIVER_POSTGRESQL", &files);
    shop.call("[]", &["run"]).0.exits(0);
    let sent = shop.sent_with_comments();
    let comment_of = |statement: &str| {
        let line = sent
            .lines()
            .find(|line| line.contains(statement))
            .unwrap_or_else(|| panic!("{statement}: {sent}"));
        line.replace("\\\"", "'")
    };
    for hook in ["select 'start'", "select 'end'"] {
        let line = comment_of(hook);
        assert!(line.contains("'connection_name': 'master'") && !line.contains("node_id"), "{line}");
    }
    assert!(comment_of("select 'before'").contains("'node_id': 'model.shop.a'"), "{sent}");
}
