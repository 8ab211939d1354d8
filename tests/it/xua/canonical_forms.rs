//! Exclusive canonicalization agrees with libxml2, byte for byte.
//!
//! Without `xmllint` it is skipped with one line, unless `DOSSIER_TEST_REQUIRE_FOREIGN=1`.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;
use std::process::Command;

use dossier::wire::saml::Canonical;
use dossier::wire::xml::{XmlLimits, parse};

const DOCUMENTS: u64 = 600;
const PREFIXES: [&str; 4] = ["", "a", "b", "c"];
// No & in a namespace name: some releases of libxml2 write it without the escape that Canonical XML 1.0, 2.3, asks for.
const NAMESPACES: [&str; 4] = ["urn:1", "urn:2", "http://example.org/?a=1;b=2", "urn:uuid:1"];
const TEXTS: [&str; 8] =
    ["plain", " \n\t ", "&lt;&amp;&gt;&quot;&apos;", "&#13;&#xD;x", "<![CDATA[<&>]]>", "\u{e9}\u{1f600}\u{fffd}", "a\r\nb", "&#9;&#10;"];
const VALUES: [&str; 6] = ["", "plain", "&lt;&amp;>&quot;'", "&#13;&#10;&#9;", "a\n\tb", "\u{e9}\u{1f600}"];

#[test]
fn libxml2_writes_the_same() {
    let folder = tempfile::tempdir().unwrap();
    let names: Vec<String> = (0..DOCUMENTS).map(|number| format!("{number}.xml")).collect();
    let mut ours = Vec::new();
    for (seed, name) in (0..).zip(&names) {
        let document = Writer::new(seed).document();
        fs::write(folder.path().join(name), &document).unwrap();
        let root = parse(document.as_bytes(), &XmlLimits::default()).unwrap_or_else(|error| panic!("{error}: {document}"));
        ours.push(Canonical { apex: &root, scope: Vec::new(), inclusive: Vec::new(), omit: None }.bytes_within(usize::MAX).unwrap());
    }
    let Some(all) = canonical(folder.path(), &names) else { return };
    if all == ours.concat() {
        return;
    }
    for (name, ours) in names.iter().zip(ours) {
        let theirs = canonical(folder.path(), std::slice::from_ref(name)).unwrap();
        let document = fs::read_to_string(folder.path().join(name)).unwrap();
        assert_eq!(String::from_utf8_lossy(&ours), String::from_utf8_lossy(&theirs), "{document}");
    }
    panic!("one by one they agree, together they do not");
}

/// What xmllint makes of these files, one behind the other; nothing, if it is not there and need not be.
fn canonical(folder: &Path, names: &[String]) -> Option<Vec<u8>> {
    match Command::new("xmllint").arg("--exc-c14n").args(names).current_dir(folder).output() {
        Ok(output) => {
            assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
            Some(output.stdout)
        }
        Err(error) => {
            let required = std::env::var("DOSSIER_TEST_REQUIRE_FOREIGN").as_deref() == Ok("1");
            assert!(!required, "xmllint is not installed: {error}");
            eprintln!("skipped the comparison with libxml2: {error}");
            None
        }
    }
}

/// Writes documents that differ with their seed and are the same in each run.
struct Writer {
    state: u64,
    text: String,
    /// Which namespace each prefix stands for, by their places in the lists; the default may stand for none.
    scope: Vec<[Option<usize>; 4]>,
}

impl Writer {
    fn new(seed: u64) -> Self {
        Self { state: seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1, text: String::new(), scope: vec![[None; 4]] }
    }

    fn document(mut self) -> String {
        self.element(0);
        self.text
    }

    /// A number below `end` (xorshift64).
    fn below(&mut self, end: usize) -> usize {
        self.state ^= self.state << 13;
        self.state ^= self.state >> 7;
        self.state ^= self.state << 17;
        usize::try_from(self.state >> 33).unwrap() % end
    }

    fn element(&mut self, depth: usize) {
        let mut scope = *self.scope.last().unwrap();
        let mut tag = String::new();
        for (place, prefix) in PREFIXES.iter().enumerate() {
            if self.below(3) > 0 {
                continue;
            }
            let name = if prefix.is_empty() { "xmlns".to_owned() } else { format!("xmlns:{prefix}") };
            let takes_back = prefix.is_empty() && self.below(3) == 0;
            let namespace = self.below(NAMESPACES.len());
            scope[place] = (!takes_back).then_some(namespace);
            write!(tag, " {name}=\"{}\"", if takes_back { "" } else { NAMESPACES[namespace] }).unwrap();
        }
        let mut seen = Vec::new();
        for _ in 0..self.below(5) {
            let prefix = self.bound(&scope);
            let local = ["k", "l", "m"][self.below(3)];
            let name = if prefix == 0 { local.to_owned() } else { format!("{}:{local}", PREFIXES[prefix]) };
            let expanded = (if prefix == 0 { None } else { scope[prefix] }, local);
            if !seen.contains(&expanded) {
                seen.push(expanded);
                let value = VALUES[self.below(VALUES.len())];
                write!(tag, " {name}=\"{value}\"").unwrap();
            }
        }
        if self.below(6) == 0 {
            tag.push_str(" xml:space='preserve'");
        }
        let prefix = self.bound(&scope);
        let name = if prefix == 0 { "e".to_owned() } else { format!("{}:e", PREFIXES[prefix]) };
        write!(self.text, "<{name}{tag}").unwrap();
        if depth > 5 || self.below(5) == 0 {
            self.text.push_str("/>");
            return;
        }
        self.text.push('>');
        self.scope.push(scope);
        for _ in 0..self.below(5) {
            let text = TEXTS[self.below(TEXTS.len())];
            self.text.push_str(text);
            self.element(depth + 1);
        }
        self.scope.pop();
        write!(self.text, "</{name}>").unwrap();
    }

    /// A prefix that may be used: the empty one always may.
    fn bound(&mut self, scope: &[Option<usize>; 4]) -> usize {
        let prefix = self.below(PREFIXES.len());
        if scope[prefix].is_some() { prefix } else { 0 }
    }
}
