//! What the command line asks for.

/// How the bench is run.
pub struct Options {
    /// Fewer and smaller steps, to see whether the bench itself works.
    pub quick: bool,
    /// Whether to measure how queries grow with the database, and nothing else.
    pub growth: bool,
    /// Whether to measure what certificates and assertions cost, and nothing else.
    pub trust: bool,
    /// Whether to compare the times of answers about what is hidden and what does not exist, and nothing else.
    pub no_leak_timing: bool,
    /// Whether to measure what the access rules cost, and nothing else.
    pub filtering: bool,
    /// Whether to measure what the audit trail costs, and nothing else.
    pub audit: bool,
    /// Whether to measure FHIR, and nothing else.
    pub fhir: bool,
    /// The tick of `no-leak-timing` (limits.answer_tick), such as `1ms`; the server's default if none is given.
    pub tick: Option<String>,
    /// The database of the server: `sqlite`, `postgres` for a cluster of this run, or the URL of an empty database.
    pub database: Option<String>,
    /// Callers at one time in `audit`.
    pub callers: usize,
    /// The one transaction or row to measure, such as `ITI-43` or `ITI-41, 100 KiB`; all if none is named.
    pub only: Option<String>,
}

const USAGE: &str = "\
usage: cargo bench [-- [growth | trust | filtering | no-leak-timing | audit | fhir] [--quick] [--only ITI-43] [--database postgres]]
  growth       ITI-18 with 10,000 and with 1,000,000 entries in the database, on both engines; takes 15 GB for some minutes
  trust        the same ITI-18 request over HTTP, over mutual TLS, and over mutual TLS with an assertion
  no-leak-timing
               pairs of requests under the access rules, one about what is hidden and one about what does not exist
  filtering    ITI-18 of a record with 1,000 entries under the open profile and under the access rules, on both engines
  audit        requests to a server with an audit trail and to one without; needs --features no-op-recorder before the --
  fhir         searches, large bundles and documents of 1 GiB over FHIR, with the peak memory of the server
  --quick      a tenth of the entries and of the requests, and no 1 GiB document
  --only       one transaction or row of the table: ITI-41, ITI-18, ITI-43, ITI-40, 'ITI-41, 100 KiB', …
  --tick       limits.answer_tick for no-leak-timing, such as 1ms; 10ms if none is given
  --callers    how many ask at one time in audit; 8 if none is given
  --database   sqlite, postgres (a cluster is started), or the URL of an empty PostgreSQL database";

impl Options {
    /// Reads the arguments; anything unknown ends the program with its usage.
    pub fn from_arguments() -> Self {
        let mut options = Self {
            quick: false,
            growth: false,
            trust: false,
            filtering: false,
            no_leak_timing: false,
            audit: false,
            fhir: false,
            tick: None,
            callers: crate::crowd::CALLERS,
            database: None,
            only: None,
        };
        let mut arguments = std::env::args().skip(1);
        while let Some(argument) = arguments.next() {
            match argument.as_str() {
                "growth" => options.growth = true,
                "trust" => options.trust = true,
                "no-leak-timing" => options.no_leak_timing = true,
                "filtering" => options.filtering = true,
                "audit" => options.audit = true,
                "fhir" => options.fhir = true,
                "--quick" => options.quick = true,
                "--tick" => options.tick = Some(arguments.next().unwrap_or_else(|| end_with_usage())),
                "--database" => options.database = Some(arguments.next().unwrap_or_else(|| end_with_usage())),
                "--callers" => {
                    options.callers = arguments
                        .next()
                        .and_then(|callers| callers.parse().ok())
                        .filter(|callers| *callers > 0)
                        .unwrap_or_else(|| end_with_usage())
                }
                "--only" => options.only = Some(arguments.next().unwrap_or_else(|| end_with_usage())),
                // Cargo says so to every bench.
                "--bench" => {}
                _ => end_with_usage(),
            }
        }
        options
    }

    /// Whether this transaction is to be measured.
    pub fn wants(&self, transaction: &str) -> bool {
        !self.trust && self.only.as_ref().is_none_or(|only| only.starts_with(transaction))
    }

    /// Whether this row of the table is to be measured.
    pub fn wants_row(&self, row: &str) -> bool {
        self.only.as_ref().is_none_or(|only| row.starts_with(only.as_str()))
    }

    /// `count`, or a tenth of it.
    pub fn scaled(&self, count: usize) -> usize {
        if self.quick { count.div_ceil(10) } else { count }
    }
}

fn end_with_usage() -> ! {
    eprintln!("{USAGE}");
    std::process::exit(2)
}
