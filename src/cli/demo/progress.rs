//! How far the work is: one line that changes on a terminal, plain lines elsewhere.

use std::io::{IsTerminal as _, Stderr, Write, stderr};

/// Shows progress on `output`. What cannot be shown is not missed.
pub(super) struct Progress<W: Write> {
    output: W,
    terminal: bool,
}

impl Progress<Stderr> {
    /// On standard error.
    pub(super) fn on_standard_error() -> Self {
        Self { output: stderr(), terminal: stderr().is_terminal() }
    }
}

impl<W: Write> Progress<W> {
    /// In plain lines.
    #[cfg(test)]
    pub(super) fn plain(output: W) -> Self {
        Self { output, terminal: false }
    }

    /// `done` of `all` steps are done; `what` names the last one.
    pub(super) fn show(&mut self, done: usize, all: usize, what: &str) {
        let _ = if self.terminal {
            write!(self.output, "\r\x1b[Kloading {done}/{all}  {what}")
        } else {
            writeln!(self.output, "loading {done}/{all}  {what}")
        };
        let _ = self.output.flush();
    }

    /// Something else takes its time.
    pub(super) fn say(&mut self, what: &str) {
        let _ = if self.terminal { write!(self.output, "\r\x1b[K{what}") } else { writeln!(self.output, "{what}") };
        let _ = self.output.flush();
    }

    /// Nothing more comes: the line that changed goes away.
    pub(super) fn end(&mut self) {
        if self.terminal {
            let _ = write!(self.output, "\r\x1b[K");
            let _ = self.output.flush();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(terminal: bool) -> String {
        let mut output = Vec::new();
        let mut progress = Progress { output: &mut output, terminal };
        progress.show(1, 2, "K01.xml");
        progress.show(2, 2, "K02.xml");
        progress.end();
        String::from_utf8(output).unwrap()
    }

    #[test]
    fn a_terminal_has_one_line_and_a_file_has_many() {
        assert_eq!(shown(false), "loading 1/2  K01.xml\nloading 2/2  K02.xml\n");
        assert!(!shown(true).contains('\n') && shown(true).ends_with('K'));
    }
}
