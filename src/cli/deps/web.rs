//! Fetching from the web, with patience.

use std::io::Read;
use std::time::Duration;

use super::git::without_credentials;
use crate::cli::session::Session;
use crate::diag::Diagnostic;
use crate::event::Event;

/// How often a request is repeated, as dbt does.
const REPEATS: u32 = 5;
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

/// The events that tell of a request and of its answer.
#[derive(Clone, Copy, Debug)]
pub struct Told {
    /// What is asked for: `package registry`.
    pub what: &'static str,
    /// Who answers: `registry`.
    pub who: &'static str,
    pub request: &'static str,
    pub response: &'static str,
}

/// The web, and whom to tell what is asked of it.
pub struct Web<'a> {
    session: &'a Session<'a>,
    agent: ureq::Agent,
}

impl<'a> Web<'a> {
    /// `DBT_HTTP_TIMEOUT` is the patience with one answer, in seconds.
    pub fn new(session: &'a Session<'a>) -> Web<'a> {
        let tls = ureq::tls::TlsConfig::builder().root_certs(ureq::tls::RootCerts::PlatformVerifier).build();
        let named = session.surroundings.env.filled("DBT_HTTP_TIMEOUT");
        let seconds = named.and_then(|text| text.parse::<f64>().ok());
        let seconds = seconds.filter(|seconds| (0.001..1e6).contains(seconds));
        let patience = Some(Duration::from_secs_f64(seconds.unwrap_or(30.0)));
        let config = ureq::Agent::config_builder()
            .tls_config(tls)
            .timeout_connect(patience)
            .timeout_recv_response(patience)
            .build();
        Web { session, agent: config.into() }
    }

    /// What `read` makes of a page. Asks again when the connection fails, the server stumbles, or
    /// `read` cannot use the answer.
    ///
    /// # Errors
    /// There is no such page, or no answer was of use.
    pub fn get<T>(
        &self,
        url: &str,
        told: Option<Told>,
        read: impl Fn(&[u8]) -> Result<T, String>,
    ) -> Result<T, WebError> {
        let mut attempt = 0;
        loop {
            let problem = match self.ask(url, told) {
                Ok(body) => match read(&body) {
                    Ok(page) => return Ok(page),
                    Err(problem) => problem,
                },
                Err(ureq::Error::StatusCode(404 | 410)) => return Err(WebError::NotFound),
                Err(error) if is_lasting(&error) => return Err(WebError::Failed(error.to_string())),
                Err(error) => error.to_string(),
            };
            if attempt == REPEATS {
                return Err(WebError::Failed(problem));
            }
            self.told_of_repeat(attempt, &problem);
            std::thread::sleep(Duration::from_millis(50 << attempt));
            attempt += 1;
        }
    }

    /// An archive, which is one by its first bytes.
    ///
    /// # Errors
    /// As [`Self::get`].
    pub fn archive(&self, url: &str) -> Result<Vec<u8>, WebError> {
        self.get(url, None, |body| match body {
            [0x1f, 0x8b, ..] => Ok(body.to_vec()),
            _ => Err("not a gzip file".to_string()),
        })
    }

    fn told_of_repeat(&self, attempt: u32, problem: &str) {
        let problem = without_credentials(problem);
        let text = format!("External call exception: {problem}");
        self.session.emit(Event::message("RecordRetryException", text).data("exc", problem.as_str()));
        let text = format!("Retrying external call. Attempt: {attempt} Max attempts: {REPEATS}");
        let event = Event::message("RetryExternalCall", text);
        self.session.emit(event.data("attempt", i64::from(attempt)).data("max", i64::from(REPEATS)));
    }

    fn ask(&self, url: &str, told: Option<Told>) -> Result<Vec<u8>, ureq::Error> {
        let shown = without_credentials(url);
        if let Some(told) = told {
            let text = format!("Making {} request: GET {shown}", told.what);
            self.session.emit(Event::message(told.request, text).data("url", shown.as_str()));
        }
        let answer = self.agent.get(url).call();
        let code = match &answer {
            Ok(response) => Some(response.status().as_u16()),
            Err(ureq::Error::StatusCode(code)) => Some(*code),
            Err(_) => None,
        };
        if let (Some(told), Some(code)) = (told, code) {
            let text = format!("Response from {}: GET {shown} {code}", told.who);
            let event = Event::message(told.response, text).data("url", shown.as_str());
            self.session.emit(event.data("resp_code", i64::from(code)));
        }
        let mut body = vec![];
        answer?.into_body().into_reader().take(MAX_BYTES).read_to_end(&mut body).map_err(ureq::Error::Io)?;
        Ok(body)
    }
}

/// Asking again would not help.
fn is_lasting(error: &ureq::Error) -> bool {
    match error {
        // A time-out, and too many requests, pass.
        ureq::Error::StatusCode(408 | 429) => false,
        ureq::Error::StatusCode(400..=499) | ureq::Error::BadUri(_) | ureq::Error::HostNotFound => true,
        _ => false,
    }
}
