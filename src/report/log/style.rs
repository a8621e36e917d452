//! How text is laid out: colours, the dotted lines of a run, wrapped paragraphs.

use crate::event::Progress;

/// What a destination of text can show.
#[derive(Clone, Copy, Debug)]
pub struct Style {
    pub colors: bool,
    /// `--printer-width`.
    pub width: usize,
}

impl Style {
    pub fn green(self, text: &str) -> String {
        self.paint("32", text)
    }

    pub fn yellow(self, text: &str) -> String {
        self.paint("33", text)
    }

    pub fn red(self, text: &str) -> String {
        self.paint("31", text)
    }

    fn paint(self, code: &str, text: &str) -> String {
        if self.colors { format!("\x1b[{code}m{text}\x1b[0m") } else { text.to_string() }
    }

    /// `3 of 9 OK created … ........ [OK in 0.12s]`: the dots fill up to the printer's width.
    pub fn line(
        self,
        message: &str,
        status: &str,
        progress: Option<Progress>,
        seconds: Option<f64>,
    ) -> String {
        format!("{} {}", self.dotted(message, progress), bracket(status, seconds))
    }

    /// As [`Style::line`], cut at the printer's width.
    pub fn cut_line(self, message: &str, status: &str, progress: Progress, seconds: Option<f64>) -> String {
        let mut dotted = self.dotted(message, Some(progress));
        let limit = self.width.saturating_sub(3);
        if dotted.chars().count() > limit {
            dotted = dotted.chars().take(limit).chain("...".chars()).collect();
        }
        format!("{dotted} {}", bracket(status, seconds))
    }

    fn dotted(self, message: &str, progress: Option<Progress>) -> String {
        let mut line = match progress {
            Some(Progress { index, total }) => format!("{index} of {total} {message} "),
            None => format!("{message} "),
        };
        let length = line.chars().count();
        line.extend(std::iter::repeat_n('.', self.width.saturating_sub(length)));
        line
    }

    pub fn warning(self, message: &str) -> String {
        format!("[{}]: {message}", self.yellow("WARNING"))
    }

    /// A deprecation under its event's name, wrapped to the printer's width.
    pub fn deprecation(self, name: &str, message: &str) -> String {
        let tag = format!("[{}][{name}]", self.yellow("WARNING"));
        self.wrap(&format!("{tag}: Deprecated functionality\n\n{message}"))
    }

    /// Fills each paragraph to the printer's width; an empty line between two becomes a line break.
    pub fn wrap(self, text: &str) -> String {
        let paragraphs: Vec<String> = text.split("\n\n").map(|text| self.fill(text)).collect();
        paragraphs.join("\n")
    }

    fn fill(self, paragraph: &str) -> String {
        let mut out = String::with_capacity(paragraph.len());
        let mut used = 0;
        for word in paragraph.split_whitespace() {
            let length = word.chars().count();
            if used > 0 && used + 1 + length > self.width {
                out.push('\n');
                used = 0;
            } else if used > 0 {
                out.push(' ');
                used += 1;
            }
            out.push_str(word);
            used += length;
        }
        out
    }
}

fn bracket(status: &str, seconds: Option<f64>) -> String {
    match seconds {
        Some(seconds) => format!("[{status} in {seconds:.2}s]"),
        None => format!("[{status}]"),
    }
}

/// `1 error`, `2 errors`.
pub fn count(number: usize, word: &str) -> String {
    format!("{number} {word}{}", if number == 1 { "" } else { "s" })
}

#[cfg(test)]
mod tests {
    use super::*;

    const PLAIN: Style = Style { colors: false, width: 40 };

    #[test]
    fn dots_fill_the_line_and_long_names_push_the_status_on() {
        let progress = Some(Progress { index: 1, total: 12 });
        assert_eq!(
            PLAIN.line("OK a", "OK", progress, Some(0.126)),
            "1 of 12 OK a ........................... [OK in 0.13s]"
        );
        assert_eq!(PLAIN.line(&"x".repeat(40), "RUN", None, None), format!("{}  [RUN]", "x".repeat(40)));
    }

    #[test]
    fn hooks_are_cut() {
        let progress = Progress { index: 1, total: 1 };
        let line = PLAIN.cut_line(&"select ".repeat(20), "OK", progress, None);
        assert_eq!(line, "1 of 1 select select select select se... [OK]");
    }

    #[test]
    fn paragraphs_are_filled() {
        let text = PLAIN.wrap("one two three four five six seven eight nine ten\n\nsecond");
        assert_eq!(text, "one two three four five six seven eight\nnine ten\nsecond");
    }
}
