//! The documentation site: one page that shows manifest.json and catalog.json.

use std::sync::LazyLock;

static INDEX: LazyLock<String> = LazyLock::new(|| {
    include_str!("page.html")
        .replace("/* style */", include_str!("style.css"))
        .replace("/* script */", include_str!("site.js"))
});

const MANIFEST: &str = "<script id=\"manifest\" type=\"application/json\">";
const CATALOG: &str = "<script id=\"catalog\" type=\"application/json\">";

/// The page that fetches both files from beside it.
pub fn index() -> &'static str {
    &INDEX
}

/// The page with both files in it, so that it opens without a server.
pub fn whole(manifest: &str, catalog: &str) -> String {
    INDEX.replacen(MANIFEST, &format!("{MANIFEST}{}", inside_script(manifest)), 1).replacen(
        CATALOG,
        &format!("{CATALOG}{}", inside_script(catalog)),
        1,
    )
}

/// JSON in which no text can close the element around it, or open a comment. `<` stands in JSON
/// within strings alone, where its escape means the same.
fn inside_script(json: &str) -> String {
    json.replace('<', "\\u003c")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_description_cannot_leave_its_place() {
        let manifest = r#"{"description":"</script><script>alert(1)</script><!--"}"#;
        let page = whole(manifest, "{}");
        assert_eq!(page.matches("</script>").count(), index().matches("</script>").count());
        let data =
            page.split(MANIFEST).nth(1).and_then(|rest| rest.split("</script>").next()).expect("there");
        let read: serde_json::Value = serde_json::from_str(data).expect("still JSON");
        assert_eq!(read["description"], "</script><script>alert(1)</script><!--");
    }
}
