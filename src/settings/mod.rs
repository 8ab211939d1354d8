//! Settings: what an operator may decide, from one TOML file, the environment and command-line flags.
//!
//! Every setting is declared once, in [`sections`], with its key, kind, default and documentation; reading, the check
//! for unknown keys, `config print` and `docs/dossier.example.toml` all follow from that declaration.
//! A later source wins: default, file, environment (`DOSSIER_<SECTION>_<KEY>`), flag.
//! [`load`] reports every problem at once; [`Settings::check`] then says whether the server may start with them.

#[cfg(test)]
mod case;
mod checks;
mod declaration;
mod example;
mod kinds;
mod load;
#[cfg(test)]
mod load_tests;
mod nearest;
mod origin;
mod print;
mod problem;
pub mod sections;
mod sources;
mod tree;

pub use declaration::{SectionDeclaration, Setting};
pub use example::example;
pub use kinds::{
    AuditRepository, AuditTransport, CodeAndSystem, DatabaseUrl, DemoClient, HomeCommunityId, IssuerFile, IssuerQuality, KeyBytes, KeysAt,
    ListenAddress, LogFilter, Oid, PublicUrl, Secret, Shape, Shown, Size, TokenIssuer, parse_duration,
};
pub use load::{Loaded, load};
pub use origin::Origin;
pub use print::{listing, print, print_json};
pub use problem::{Problem, Problems};
pub use sections::{Assembler, AsyncExchange, AttestationRule, ClientCertificate, Environment, ExpiredCrl, LogFormat, MasterKey, Profile};
pub use sources::{Flag, Sources};
pub use tree::Settings;
