//! A web server for the files of one folder: enough of HTTP for a browser on this machine.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use super::Outcome;
use crate::cli::session::Session;
use crate::diag::Diagnostic;
use crate::event::Event;

/// A request line and its headers are never longer.
const LONGEST_HEAD: u64 = 64 << 10;
const PATIENCE: Duration = Duration::from_secs(10);

/// Serves the files below `folder` until the process is stopped.
///
/// # Errors
/// An address that cannot be listened on.
pub fn serve(session: &Session, folder: &Path) -> Outcome {
    let (host, port) = (&*session.flags.docs.host, session.flags.docs.port);
    let cannot = |error: std::io::Error| {
        Diagnostic::error("cannot-serve", format!("cannot listen on {host}:{port}: {error}"))
            .help("choose another port with `--port`")
    };
    let listener = TcpListener::bind((host, port)).map_err(cannot)?;
    let port = listener.local_addr().map_err(cannot)?.port();
    let address = format!("http://localhost:{port}");
    for line in [
        format!("Serving docs at {port}"),
        format!("To access from your browser, navigate to: {address}"),
        "Press Ctrl+C to exit.".to_string(),
    ] {
        session.emit(Event::note(line));
    }
    if session.flags.docs.browser {
        open_browser(&address);
    }
    for stream in listener.incoming().flatten() {
        let folder = folder.to_path_buf();
        // A browser opens several connections; one that stalls must not hold up the others.
        std::thread::spawn(move || answer(stream, &folder));
    }
    Ok(crate::cli::exit::Exit::Fine)
}

fn open_browser(address: &str) {
    let opener = match std::env::consts::OS {
        "macos" => "open",
        "windows" => "explorer",
        _ => "xdg-open",
    };
    // A machine without a browser still serves.
    let _ = Command::new(opener)
        .arg(address)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn();
}

/// Answers one request. A client that is gone needs no answer.
fn answer(mut stream: TcpStream, folder: &Path) {
    let _ = stream.set_read_timeout(Some(PATIENCE));
    let mut line = String::new();
    let mut head = BufReader::new(&stream).take(LONGEST_HEAD);
    if head.read_line(&mut line).is_err() {
        return;
    }
    let mut header = String::new();
    while head.read_line(&mut header).is_ok_and(|length| length > 2) {
        header.clear();
    }
    let (status, kind, body) = respond(&line, folder);
    let length = body.len();
    let head = format!(
        "HTTP/1.1 {status}\r\nContent-Type: {kind}\r\nContent-Length: {length}\r\nCache-Control: no-cache\r\nConnection: close\r\n\r\n"
    );
    let body: &[u8] = if line.starts_with("HEAD ") { &[] } else { &body };
    let _ = stream.write_all(head.as_bytes()).and_then(|()| stream.write_all(body));
}

fn respond(line: &str, folder: &Path) -> (&'static str, &'static str, Vec<u8>) {
    let plain = |status: &'static str| (status, "text/plain; charset=utf-8", status.as_bytes().to_vec());
    let mut words = line.split_whitespace();
    let (Some("GET" | "HEAD"), Some(target)) = (words.next(), words.next()) else {
        return plain("405 Method Not Allowed");
    };
    match file_of(target, folder).and_then(|path| Some((std::fs::read(&path).ok()?, kind_of(&path)))) {
        Some((body, kind)) => ("200 OK", kind, body),
        None => plain("404 Not Found"),
    }
}

/// The file that a request names; none outside of the folder, through links neither.
fn file_of(target: &str, folder: &Path) -> Option<PathBuf> {
    let path = target.split(['?', '#']).next().unwrap_or_default();
    let path = percent_decoded(path)?;
    let path = path.trim_start_matches('/');
    let path = folder.join(if path.is_empty() { "index.html" } else { path }).canonicalize().ok()?;
    let path = if path.is_dir() { path.join("index.html") } else { path };
    path.starts_with(folder.canonicalize().ok()?).then_some(path)
}

fn percent_decoded(text: &str) -> Option<String> {
    let mut bytes = vec![];
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        bytes.push(match byte {
            b'%' => {
                let digits = [rest.next()?, rest.next()?];
                u8::from_str_radix(std::str::from_utf8(&digits).ok()?, 16).ok()?
            }
            byte => byte,
        });
    }
    String::from_utf8(bytes).ok()
}

fn kind_of(path: &Path) -> &'static str {
    match path.extension().and_then(|extension| extension.to_str()) {
        Some("html") => "text/html; charset=utf-8",
        Some("json") => "application/json",
        Some("css") => "text/css; charset=utf-8",
        Some("js") => "text/javascript; charset=utf-8",
        Some("png") => "image/png",
        Some("jpg" | "jpeg") => "image/jpeg",
        Some("gif") => "image/gif",
        Some("svg") => "image/svg+xml",
        _ => "text/plain; charset=utf-8",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_outside_of_the_folder_is_served() {
        let outside = tempfile::tempdir().expect("a folder");
        let folder = outside.path().join("site");
        std::fs::create_dir(&folder).expect("made");
        for path in ["secret.txt", "site/index.html", "site/a b.json"] {
            std::fs::write(outside.path().join(path), path).expect("written");
        }
        let served = |target: &str| {
            let (status, kind, body) = respond(&format!("GET {target} HTTP/1.1\r\n"), &folder);
            (status, kind, String::from_utf8(body).expect("text"))
        };
        assert_eq!(served("/").2, "site/index.html");
        assert_eq!(served("/a%20b.json?x=1"), ("200 OK", "application/json", "site/a b.json".into()));
        for wrong in ["/../secret.txt", "/%2e%2e/secret.txt", "//etc/passwd", "/nothing", "/%zz"] {
            assert_eq!(served(wrong).0, "404 Not Found", "{wrong}");
        }
        assert_eq!(respond("POST / HTTP/1.1", &folder).0, "405 Method Not Allowed");
    }
}
