//! Fetching from the web, with patience.

use std::io::Read;
use std::time::Duration;

use super::git::without_credentials;
use crate::diag::Diagnostic;

const ATTEMPTS: u32 = 5;
/// Packages are text: a larger answer is a mistake or an attack.
const MAX_BYTES: u64 = 512 << 20;

/// The web could not be asked, or gave an answer that is none.
#[derive(Debug)]
pub enum WebError {
    /// There is no such page.
    NotFound,
    Failed(String),
}

impl WebError {
    pub fn diagnostic(self, url: &str) -> Diagnostic {
        let shown = without_credentials(url);
        let reason = match self {
            WebError::NotFound => "there is no such page".to_string(),
            WebError::Failed(reason) => without_credentials(&reason),
        };
        Diagnostic::error("download", format!("cannot fetch `{shown}`: {reason}"))
    }
}

/// The body of a page; asks again when the connection fails.
pub fn fetch(url: &str) -> Result<Vec<u8>, WebError> {
    let tls = ureq::tls::TlsConfig::builder().root_certs(ureq::tls::RootCerts::PlatformVerifier).build();
    let config = ureq::Agent::config_builder()
        .tls_config(tls)
        .timeout_connect(Some(Duration::from_secs(30)))
        .timeout_recv_response(Some(Duration::from_secs(30)))
        .build();
    let agent: ureq::Agent = config.into();
    let mut attempt = 1;
    loop {
        match fetch_once(&agent, url) {
            Ok(body) => return Ok(body),
            Err(ureq::Error::StatusCode(404 | 410)) => return Err(WebError::NotFound),
            Err(error) => {
                let lasting = matches!(
                    error,
                    ureq::Error::StatusCode(400..=499) | ureq::Error::BadUri(_) | ureq::Error::HostNotFound
                );
                if lasting || attempt == ATTEMPTS {
                    return Err(WebError::Failed(error.to_string()));
                }
                std::thread::sleep(Duration::from_millis(100 << attempt));
                attempt += 1;
            }
        }
    }
}

fn fetch_once(agent: &ureq::Agent, url: &str) -> Result<Vec<u8>, ureq::Error> {
    let response = agent.get(url).call()?;
    let mut body = vec![];
    response.into_body().into_reader().take(MAX_BYTES).read_to_end(&mut body).map_err(ureq::Error::Io)?;
    Ok(body)
}
