//! `deps` against a hub, archives and repositories that stand in for the real ones.

use std::io::{Read, Write};
use std::net::TcpListener;
use std::path::Path;
use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use crate::program::{call, write};

/// A web server on this machine: paths and their answers. Stops when dropped.
struct Web {
    address: String,
    stop: Arc<AtomicBool>,
}

impl Web {
    /// Serves what `pages` makes of the server's address.
    fn serve(pages: impl FnOnce(&str) -> Vec<(String, Vec<u8>)>) -> Web {
        Web::answering(|address| {
            let pages = pages(address);
            move |path: &str| {
                let page = pages.iter().find(|(known, _)| known == path);
                page.map_or(("404 Not Found", vec![]), |(_, body)| ("200 OK", body.clone()))
            }
        })
    }

    /// Answers a path with a status and a body.
    fn answering<A>(answer: impl FnOnce(&str) -> A) -> Web
    where
        A: FnMut(&str) -> (&'static str, Vec<u8>) + Send + 'static,
    {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let address = format!("http://{}", listener.local_addr().expect("an address"));
        let mut answer = answer(&address);
        let stop = Arc::new(AtomicBool::new(false));
        let stopped = stop.clone();
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                let Ok(mut stream) = stream else { continue };
                if stopped.load(Ordering::Relaxed) {
                    return;
                }
                let mut request = [0; 4096];
                let length = stream.read(&mut request).unwrap_or_default();
                let line = String::from_utf8_lossy(&request[..length]).into_owned();
                let path = line.split(' ').nth(1).unwrap_or_default();
                let (status, body) = answer(path);
                let head = format!(
                    "HTTP/1.1 {status}\r\nContent-Length: {}\r\nConnection: close\r\n\r\n",
                    body.len()
                );
                let _ = stream.write_all(head.as_bytes()).and_then(|()| stream.write_all(&body));
            }
        });
        Web { address, stop }
    }
}

impl Drop for Web {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::Relaxed);
        // Wakes the server, so that it sees that it should stop.
        let _ = std::net::TcpStream::connect(self.address.trim_start_matches("http://"));
    }
}

/// A gzipped archive with these files in a folder.
fn archive(folder: &str, files: &[(&str, &str)]) -> Vec<u8> {
    let mut tar = tar::Builder::new(flate2::write::GzEncoder::new(vec![], flate2::Compression::fast()));
    for (path, content) in files {
        let mut header = tar::Header::new_gnu();
        header.set_size(content.len() as u64);
        header.set_mode(0o644);
        tar.append_data(&mut header, format!("{folder}/{path}"), content.as_bytes()).expect("appended");
    }
    tar.into_inner().and_then(|gzip| gzip.finish()).expect("an archive")
}

/// The hub's page of a package: versions, each with what it asks for.
fn page(address: &str, name: &str, versions: &[(&str, serde_json::Value, &str)]) -> Vec<u8> {
    let versions: serde_json::Map<String, serde_json::Value> = versions
        .iter()
        .map(|(version, packages, requires)| {
            let info = serde_json::json!({
                "name": name,
                "packages": packages,
                "require_dbt_version": [requires],
                "downloads": {"tarball": format!("{address}/{name}-{version}.tgz")},
            });
            (version.to_string(), info)
        })
        .collect();
    serde_json::to_vec(&serde_json::json!({"name": name, "namespace": "o", "versions": versions}))
        .expect("a page")
}

fn hub() -> Web {
    let none = serde_json::json!([]);
    let any = ">=1.0.0";
    let package = |name: &str, version: &str| {
        let project = format!("name: {name}\nversion: '{version}'\n");
        let files = [("dbt_project.yml", project.as_str()), ("macros/m.sql", "")];
        (format!("/{name}-{version}.tgz"), archive(&format!("o-{name}-abc"), &files))
    };
    let alpha = [
        ("1.0.0", none.clone(), any),
        ("1.1.0", serde_json::json!([{"package": "o/beta", "version": [">=2.0.0", "<3.0.0"]}]), any),
        ("1.2.0", none.clone(), "<1.0.0"),
        ("2.0.0-rc1", none.clone(), any),
    ];
    let beta = [
        ("1.9.0", none.clone(), any),
        ("2.0.0", none.clone(), any),
        ("2.5.0", none.clone(), any),
        ("3.0.0", none, any),
    ];
    Web::serve(|address| {
        let mut pages = vec![
            ("/api/v1/index.json".to_string(), br#"["o/alpha", "o/beta"]"#.to_vec()),
            ("/api/v1/o/alpha.json".into(), page(address, "alpha", &alpha)),
            ("/api/v1/o/beta.json".into(), page(address, "beta", &beta)),
        ];
        pages.extend(alpha.iter().map(|(version, ..)| package("alpha", version)));
        pages.extend(beta.iter().map(|(version, ..)| package("beta", version)));
        pages
    })
}

/// A project that asks for these packages.
fn project(packages: &str) -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    write(folder.path(), &[("dbt_project.yml", "name: p\nprofile: p\n"), ("packages.yml", packages)]);
    folder
}

fn read(folder: &Path, path: &str) -> String {
    std::fs::read_to_string(folder.join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

fn installed(folder: &Path) -> Vec<String> {
    let entries = std::fs::read_dir(folder.join("dbt_packages")).expect("dbt_packages").flatten();
    let mut names: Vec<String> =
        entries.map(|entry| entry.file_name().to_string_lossy().into_owned()).collect();
    names.sort();
    names
}

#[test]
fn hub_packages_are_solved_locked_and_installed() {
    let web = hub();
    let folder = project("packages:\n  - package: o/alpha\n    version: ['>=1.0.0', '<2.0.0']\n");
    let env = [("DBT_PACKAGE_HUB_URL", web.address.as_str())];
    let done = call(folder.path(), &env, &["deps"]).exits(0);
    // 1.2.0 does not fit this dbt, 2.0.0-rc1 is out of range, and alpha needs beta below 3.
    done.says("Installing o/alpha")
        .says("Installed from version 1.1.0")
        .says("Installed from version 2.5.0")
        .says("Updated version available: 3.0.0");
    assert_eq!(installed(folder.path()), ["alpha", "beta"]);
    assert!(read(folder.path(), "dbt_packages/beta/dbt_project.yml").contains("2.5.0"));
    let lock = read(folder.path(), "package-lock.yml");
    assert_eq!(
        lock.lines().take(7).collect::<Vec<_>>().join("\n"),
        "packages:\n  - name: alpha\n    package: o/alpha\n    version: 1.1.0\n  - name: beta\n    package: o/beta\n    version: 2.5.0"
    );
    // Nothing is left of downloads, and the folder was put in place at once.
    let mut left: Vec<_> = std::fs::read_dir(folder.path())
        .expect("a folder")
        .flatten()
        .map(|entry| entry.file_name())
        .collect();
    left.sort();
    assert_eq!(left, ["dbt_packages", "dbt_project.yml", "logs", "package-lock.yml", "packages.yml"]);

    // Without the hub the installed packages are kept.
    drop(web);
    let again = call(folder.path(), &[("DBT_PACKAGE_HUB_URL", "http://127.0.0.1:1")], &["deps"]).exits(0);
    again.says("the installed one is kept");
    assert_eq!(installed(folder.path()), ["alpha", "beta"]);
}

#[test]
fn conflicts_are_explained() {
    let web = hub();
    let env = [("DBT_PACKAGE_HUB_URL", web.address.as_str())];
    let both =
        "packages:\n  - package: o/alpha\n    version: 1.1.0\n  - package: o/beta\n    version: 1.9.0\n";
    let folder = project(both);
    call(folder.path(), &env, &["deps"])
        .exits(2)
        .says("no version of `o/beta` satisfies all that ask for it")
        .says("the project `p` wants =1.9.0; o/alpha 1.1.0 wants >=2.0.0; o/alpha 1.1.0 wants <3.0.0")
        .says("Version error for package o/beta: Could not find a satisfactory version from options: ['=1.9.0', '>=2.0.0', '<3.0.0']");
    assert!(!folder.path().join("dbt_packages").exists());
    let unknown = project("packages:\n  - package: o/alhpa\n    version: 1.1.0\n");
    call(unknown.path(), &env, &["deps"])
        .exits(2)
        .says("the hub has no package `o/alhpa`")
        .says("did you mean `o/alpha`?");
    let old = project("packages:\n  - package: o/alpha\n    version: 1.2.0\n");
    call(old.path(), &env, &["deps"])
        .exits(2)
        .says("there is no version of `o/alpha` for =1.2.0")
        .says("available are 1.1.0, 1.0.0");
    call(old.path(), &env, &["deps", "--no-version-check"]).exits(0);
}

#[test]
fn upgrade_lock_and_add() {
    let web = hub();
    let env = [("DBT_PACKAGE_HUB_URL", web.address.as_str())];
    let folder = project("packages: []\n");
    call(folder.path(), &env, &["deps", "--add-package", "o/beta@2.0.0"])
        .exits(0)
        .says("Added new package o/beta@2.0.0");
    assert_eq!(read(folder.path(), "packages.yml"), "packages:\n  - package: o/beta\n    version: 2.0.0\n");
    call(folder.path(), &env, &["deps", "--add-package", "o/beta@>=2.0.0,<3.0.0", "--lock"]).exits(0);
    assert_eq!(
        read(folder.path(), "packages.yml"),
        "packages:\n  - package: o/beta\n    version:\n      - '>=2.0.0'\n      - <3.0.0\n"
    );
    // --lock resolved anew, but installed nothing.
    assert!(read(folder.path(), "package-lock.yml").contains("2.5.0"));
    assert!(read(folder.path(), "dbt_packages/beta/dbt_project.yml").contains("2.0.0"));
    call(folder.path(), &env, &["deps"]).exits(0);
    assert!(read(folder.path(), "dbt_packages/beta/dbt_project.yml").contains("2.5.0"));
    let old = read(folder.path(), "package-lock.yml").replace("2.5.0", "2.0.0");
    write(folder.path(), &[("package-lock.yml", &old)]);
    call(folder.path(), &env, &["deps"]).exits(0).says("Updated version available: 3.0.0");
    assert!(read(folder.path(), "dbt_packages/beta/dbt_project.yml").contains("2.0.0"));
    call(folder.path(), &env, &["deps", "--upgrade"]).exits(0);
    assert!(read(folder.path(), "dbt_packages/beta/dbt_project.yml").contains("2.5.0"));
    call(folder.path(), &env, &["deps", "--add-package", "o/beta"]).exits(2).says("needs a version");
}

#[test]
fn the_lock_hash_is_dbts() {
    let folder = project("packages:\n  - local: ../x\n");
    write(folder.path(), &[("../x/dbt_project.yml", "name: x\n")]);
    let away = folder.path().parent().expect("a parent").join("x");
    call(folder.path(), &[], &["deps", "--lock"]).exits(0);
    assert!(
        read(folder.path(), "package-lock.yml")
            .ends_with("sha1_hash: 2eb88687c82ae2cd966a476e338919651d83079e\n")
    );
    let _ = std::fs::remove_dir_all(away);
}

fn git(folder: &Path, arguments: &[&str]) -> String {
    let output = Command::new("git")
        .current_dir(folder)
        .args(["-c", "user.name=t", "-c", "user.email=t@t", "-c", "init.defaultBranch=main"])
        .args(arguments)
        .output()
        .expect("git");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8_lossy(&output.stdout).trim().to_string()
}

/// A repository with a package of its own and one in a folder: a tag, a branch, and more after them.
fn repository() -> (tempfile::TempDir, String) {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path();
    git(path, &["init", "--quiet"]);
    write(
        path,
        &[
            ("dbt_project.yml", "name: gamma\nversion: '1'\n"),
            ("deep/er/dbt_project.yml", "name: delta\n"),
            ("deep/er/models/d.sql", "select 1"),
        ],
    );
    git(path, &["add", "-A"]);
    git(path, &["commit", "--quiet", "-m", "one"]);
    git(path, &["tag", "v1"]);
    git(path, &["branch", "other"]);
    write(path, &[("dbt_project.yml", "name: gamma\nversion: '2'\n")]);
    git(path, &["commit", "--quiet", "-am", "two"]);
    let first = git(path, &["rev-parse", "v1"]);
    (folder, first)
}

#[test]
fn git_packages_come_by_tag_branch_commit_and_folder() {
    let (repository, first) = repository();
    let url = repository.path().display().to_string();
    for revision in ["v1", "other", first.as_str()] {
        let folder = project(&format!("packages:\n  - git: {url}\n    revision: {revision}\n"));
        call(folder.path(), &[], &["deps"]).exits(0).says(&format!("Installed from revision {first}"));
        assert!(read(folder.path(), "dbt_packages/gamma/dbt_project.yml").contains("'1'"));
        assert!(read(folder.path(), "package-lock.yml").contains(&format!("revision: {first}")));
        assert!(!folder.path().join("dbt_packages/gamma/.git").exists());
    }
    let folder = project(&format!("packages:\n  - git: {url}\n"));
    call(folder.path(), &[], &["deps"]).exits(0).says("is pinned to the branch `HEAD`");
    assert!(read(folder.path(), "dbt_packages/gamma/dbt_project.yml").contains("'2'"));
    let folder =
        project(&format!("packages:\n  - git: {url}\n    subdirectory: deep/er\n    revision: v1\n"));
    call(folder.path(), &[], &["deps"]).exits(0).says("and subdirectory deep/er");
    assert_eq!(installed(folder.path()), ["delta"]);
    let folder = project(&format!("packages:\n  - git: {url}\n    revision: v9\n"));
    call(folder.path(), &[], &["deps"]).exits(2).says("cannot fetch").says("Error checking out spec='v9'");
    let folder = project(&format!(
        "packages:\n  - git: {url}\n    revision: v1\n  - git: {url}\n    revision: other\n"
    ));
    call(folder.path(), &[], &["deps"]).exits(2).says("is asked for in several revisions: 'other', 'v1'");
}

#[test]
fn a_spec_is_never_a_command() {
    let trap = "touch trapped";
    let cases = [
        format!("git: '--upload-pack={trap}'"),
        format!("git: 'ext::sh -c {trap}'"),
        "git: ../repo\n    revision: '--upload-pack=touch trapped'".into(),
        "git: ../repo\n    revision: 'a..b'".into(),
        "git: ../repo\n    subdirectory: ../../etc".into(),
        "git: ../repo\n    subdirectory: /etc".into(),
        "git: ../repo\n    subdirectory: '--help'".into(),
        "git: 'javascript://x'".into(),
        "tarball: https://x/y.tgz\n    name: ../../x".into(),
        "package: ../x".into(),
    ];
    for case in cases {
        let folder = project(&format!("packages:\n  - {case}\n"));
        let refused = call(folder.path(), &[], &["deps"]).exits(2);
        assert!(refused.output().contains("error["), "{case}: {}", refused.output());
        assert!(!folder.path().join("trapped").exists(), "{case}");
    }
}

#[test]
fn credentials_reach_no_message() {
    let secret = "hunter2secret";
    let url = format!("https://user:{secret}@127.0.0.1:1/x.git");
    let folder = project(&format!("packages:\n  - git: {url}\n"));
    let refused = call(folder.path(), &[], &["deps"]).exits(2);
    assert!(!refused.output().contains(secret), "{}", refused.output());
    let folder =
        project("packages:\n  - git: \"https://{{ env_var('DBT_ENV_SECRET_T') }}@127.0.0.1:1/x.git\"\n");
    let refused = call(folder.path(), &[("DBT_ENV_SECRET_T", secret)], &["deps"]).exits(2);
    assert!(!refused.output().contains(secret), "{}", refused.output());
}

#[test]
fn tarballs_and_local_packages() {
    let good = archive("anything-1.0", &[("dbt_project.yml", "name: eps\n"), ("macros/m.sql", "")]);
    let web = Web::serve(|_| vec![("/eps.tgz".into(), good), ("/two.tgz".into(), b"nonsense".to_vec())]);
    let folder = project(&format!(
        "packages:\n  - tarball: {}/eps.tgz\n    name: eps\n  - local: near\n",
        web.address
    ));
    write(
        folder.path(),
        &[
            ("near/dbt_project.yml", "name: near\n"),
            ("near/packages.yml", "packages:\n  - local: far\n"),
            ("far/dbt_project.yml", "name: far\n"),
        ],
    );
    call(folder.path(), &[], &["deps"]).exits(0).says("Installed from <local @ near>");
    assert_eq!(installed(folder.path()), ["eps", "far", "near"]);
    assert!(folder.path().join("dbt_packages/near").is_symlink());
    let bad = project(&format!("packages:\n  - tarball: {}/two.tgz\n    name: two\n", web.address));
    call(bad.path(), &[], &["deps"]).exits(2).says("not a gzip file");
    let twice = project("packages:\n  - local: a\n  - local: b\n");
    write(twice.path(), &[("a/dbt_project.yml", "name: same\n"), ("b/dbt_project.yml", "name: same\n")]);
    call(twice.path(), &[], &["deps"]).exits(2).says("two packages are projects named `same`");
    let own = project("packages:\n  - local: a\n");
    write(own.path(), &[("a/dbt_project.yml", "name: p\n")]);
    call(own.path(), &[], &["deps"]).exits(2).says("has the name of this project");
}

#[test]
fn the_folder_of_packages_must_be_its_own() {
    let folder = project("packages: []\n");
    for path in [".", "..", "models", "/"] {
        write(
            folder.path(),
            &[
                ("dbt_project.yml", &format!("name: p\npackages-install-path: '{path}'\n")),
                ("models/a.sql", "select 1"),
            ],
        );
        call(folder.path(), &[], &["deps"]).exits(2).says("is no folder of its own");
        assert!(folder.path().join("models/a.sql").exists());
    }
}

/// Names of events with what dbt's readers look for in them.
fn told(output: &str) -> Vec<String> {
    output
        .lines()
        .filter_map(|line| serde_json::from_str::<serde_json::Value>(line).ok())
        .filter(|event| {
            event["info"]["code"].as_str().is_some_and(|code| code.starts_with('M') || code == "Z037")
        })
        .map(|event| {
            let data = event["data"].as_object().expect("data");
            let text = |value: &serde_json::Value| value.as_str().map_or(value.to_string(), str::to_string);
            let fields: Vec<String> =
                data.iter().map(|(key, value)| format!("{key}={}", text(value))).collect();
            format!("{} {}", event["info"]["name"].as_str().expect("a name"), fields.join(" "))
        })
        .collect()
}

#[test]
fn what_is_told_is_what_dbt_tells() {
    let web = hub();
    let folder = project("packages:\n  - package: o/beta\n    version: 2.0.0\n  - local: near\n");
    write(folder.path(), &[("near/dbt_project.yml", "name: near\n")]);
    let env = [("DBT_PACKAGE_HUB_URL", web.address.as_str())];
    let options = ["--log-format", "json", "--log-level", "debug", "deps"];
    let done = call(folder.path(), &env, &options).exits(0);
    let address = &web.address;
    let lock = folder.path().canonicalize().expect("a folder").join("package-lock.yml");
    let found: Vec<String> = told(&done.stdout)
        .into_iter()
        .filter(|line| !line.starts_with("DepsSetDownloadDirectory "))
        .collect();
    let expected = [
        format!("RegistryIndexProgressGETRequest url={address}/api/v1/index.json"),
        format!("RegistryIndexProgressGETResponse url={address}/api/v1/index.json resp_code=200"),
        format!("RegistryProgressGETRequest url={address}/api/v1/o/beta.json"),
        format!("RegistryProgressGETResponse url={address}/api/v1/o/beta.json resp_code=200"),
        format!("DepsLockUpdating lock_filepath={}", lock.display()),
        "DepsStartPackageInstall package_name=o/beta".into(),
        "DepsInstallInfo version_name=version 2.0.0".into(),
        "DepsUpdateAvailable version_latest=3.0.0".into(),
        "DepsStartPackageInstall package_name=near".into(),
        "DepsCreatingLocalSymlink ".into(),
        "DepsInstallInfo version_name=<local @ near>".into(),
        "DepsNotifyUpdatesAvailable packages=[\"o/beta\"]".into(),
    ];
    assert_eq!(found, expected);
    let empty = project("packages: []\n");
    let done = call(empty.path(), &[], &options).exits(0);
    assert_eq!(done.stdout.matches("\"DepsNoPackagesFound\"").count(), 2, "{}", done.stdout);
    let done = call(empty.path(), &[], &[&options[..], &["--lock"]].concat()).exits(0);
    assert_eq!(done.stdout.matches("\"DepsNoPackagesFound\"").count(), 1, "{}", done.stdout);
}

#[test]
fn a_hub_that_stumbles_is_asked_again() {
    let mut asked = 0;
    let web = Web::answering(|address| {
        let any = serde_json::json!([]);
        let versions = [("1.0.0", any.clone(), ">=1.0.0"), ("2.0.0-rc1", any, ">=1.0.0,<3.0.0")];
        let mut moved: serde_json::Value =
            serde_json::from_slice(&page(address, "beta", &versions)).expect("JSON");
        moved["redirectname"] = "gamma".into();
        let tarball = archive("o-beta-1", &[("dbt_project.yml", "name: beta\nversion: '1'\n")]);
        move |path: &str| {
            asked += 1;
            match path {
                _ if asked == 1 => ("503 Service Unavailable", vec![]),
                "/api/v1/index.json" => ("200 OK", br#"["o/beta"]"#.to_vec()),
                // Not a package's page.
                "/api/v1/o/beta.json" if asked == 3 => ("200 OK", b"null".to_vec()),
                "/api/v1/o/beta.json" => ("200 OK", moved.to_string().into_bytes()),
                // A page of an error where an archive should be.
                _ if asked == 5 => ("200 OK", b"<html>".to_vec()),
                _ => ("200 OK", tarball.clone()),
            }
        }
    });
    let env = [("DBT_PACKAGE_HUB_URL", web.address.as_str())];
    let folder = project("packages:\n  - {package: o/beta, version: '>=1.0.0', install_prerelease: true}\n");
    let options = ["--log-level", "debug", "deps"];
    let done = call(folder.path(), &env, &options).exits(0);
    done.says("Retrying external call. Attempt: 0 Max attempts: 5")
        .says("the package `o/beta` has moved to `o/gamma`")
        .says("- PackageRedirectDeprecation: 1 occurrence")
        .says("Installed from version 2.0.0-rc1");
    let folder = project("packages:\n  - {package: o/beta, version: '>=1.0.0'}\n");
    call(folder.path(), &env, &["deps"]).exits(0).says("Installed from version 1.0.0");
    let warned = project("packages:\n  - {package: o/beta, version: 1.0.0}\n");
    call(warned.path(), &env, &["--warn-error", "deps"]).exits(2).says("has moved to");
    assert!(!warned.path().join("package-lock.yml").exists());
}

#[test]
fn a_name_that_is_taken_is_not_locked() {
    let own = project("packages:\n  - local: a\n");
    write(own.path(), &[("a/dbt_project.yml", "name: p\n")]);
    call(own.path(), &[], &["deps", "--lock"]).exits(2).says("has the name of this project");
    assert!(!own.path().join("package-lock.yml").exists());
}

#[test]
fn an_added_package_stands_alone_and_in_order() {
    let folder = project(
        "packages:\n  - version: [\">=1.0.0\", \"<2.0.0\"]\n    package: dbt-labs/dbt_utils\n  - revision: v1\n    git: \
         https://github.com/dbt-labs/dbt-utils.git\n    warn-unpinned: false\n  - local: near\n",
    );
    write(
        folder.path(),
        &[("near/dbt_project.yml", "name: near\n"), ("dbt-utils/dbt_project.yml", "name: utils\n")],
    );
    let added = ["deps", "--add-package", "dbt-utils", "--source", "local"];
    call(folder.path(), &[], &added)
        .exits(0)
        .says("Found duplicate package in packages.yml, removing: {'revision': 'v1', 'git': 'https://github.com/dbt-labs/dbt-utils.git'}")
        .says("Found duplicate package in packages.yml, removing: {'package': 'dbt-labs/dbt_utils'}");
    assert_eq!(read(folder.path(), "packages.yml"), "packages:\n  - local: near\n  - local: dbt-utils\n");
    let bare = tempfile::tempdir().expect("a folder");
    write(
        bare.path(),
        &[("dbt_project.yml", "name: p\nprofile: p\n"), ("near/dbt_project.yml", "name: near\n")],
    );
    call(bare.path(), &[], &["deps", "--add-package", "near", "--source", "local"])
        .exits(0)
        .says("Created packages.yml");
    assert_eq!(read(bare.path(), "packages.yml"), "packages:\n  - local: near\n");
}
