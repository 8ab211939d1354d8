//! The settings themselves, one file for each concern.

mod async_exchange;
mod audit;
mod contents;
mod data;
mod database;
mod demo_authorization;
mod domain;
mod encryption;
mod iua;
mod limits;
mod listeners;
mod log;
mod nodes;
mod on_demand;
mod profile;
mod retention;
mod tls;
mod xua;

pub use async_exchange::AsyncExchange;
pub use audit::Audit;
pub use contents::{Contents, Staged};
pub use data::Data;
pub use database::Database;
pub use demo_authorization::DemoAuthorization;
pub use domain::Domain;
pub use encryption::{Encryption, MasterKey};
pub use iua::{Iua, IuaMode, TokenAlgorithm};
pub use limits::Limits;
pub use listeners::{Http, Mllp, Operations};
pub use log::{Log, LogFormat};
pub use nodes::{AttestationRule, Nodes};
pub use on_demand::{Assembler, OnDemand};
pub use profile::{Deployment, Environment, Profile};
pub use retention::{Clock, Retention};
pub use tls::{ClientCertificate, ExpiredCrl, Https, MllpTls, OcspMode, Tls};
pub use xua::{OneTimeUse, Xua, XuaMode, XuaSubjects};
