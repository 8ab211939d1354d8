//! What stands behind the endpoints: the database, the documents and the transactions on them.

use std::fs::{DirBuilder, OpenOptions};
use std::path::Path;
use std::str::FromStr;
use std::sync::Arc;

use super::access_tokens::{KeyRing, token_rules};
use super::clock::Clock;
use super::demo_authorization::{AuthorizationServer, DemoDirectory, DemoIssuer};
use super::issuer_files::IssuerFiles;
use super::persons::person_rules;
use super::watched_files::Watched;
use super::{StartError, read_profile};
use crate::access::{AttestationNeed, AttestationPolicy, Door, Failure, Policy};
use crate::model::ids::RepositoryUniqueId;
use crate::settings::{Assembler, AttestationRule, DatabaseUrl, Environment, MasterKey as KeySource, Profile, Settings};
use crate::store::contents::{ContentStore, FileContents, MasterKey, MasterKeys};
use crate::store::{AuditKeys, Store, StoreError};
use crate::transactions::on_demand::{CurrentDocuments, OnDemand};
use crate::transactions::{CallbackRules, Limits, Places, Services};
use crate::wire::jwt::KeySet;
use crate::wire::mtom::MultipartLimits;
use crate::wire::xml::XmlLimits;

/// An open store with the transactions on it. Needs no socket and no runtime; all calls block. Clones are the same one.
#[derive(Clone)]
pub struct Backend {
    /// What transactions work with.
    pub services: Arc<Services>,
    /// The database.
    pub store: Arc<Store>,
    /// The documents.
    pub contents: Arc<dyn ContentStore>,
    /// The time by which it decides.
    pub clock: Clock,
    /// The keys of the issuers of access tokens.
    pub(super) token_keys: Arc<KeyRing>,
    /// The authorization server of the demo, if it is on.
    pub(super) demo_authorization: Option<Arc<AuthorizationServer>>,
    /// Names of the migrations that were applied on the way.
    pub migrated: Vec<String>,
    /// The files of the services that are taken up while the server runs.
    pub(super) watched: Watched,
}

impl Backend {
    /// Creates the folders, opens the database and brings it up to date, opens the content store and proves that it can
    /// be written.
    ///
    /// # Errors
    /// [`StartError`] for each of these, and for settings under which the server may not run.
    pub fn open(settings: &Settings) -> Result<Self, StartError> {
        settings.check()?;
        let policy = policy(settings)?;
        let keys = Arc::new(master_keys(settings)?);
        let store = Arc::new(database(settings)?.chaining_with(AuditKeys::of(&keys).map_err(StartError::AuditKeys)?));
        let migrated = store.migrate().map_err(|source| unusable(settings, source))?;
        let contents = contents(settings, keys)?;
        contents.check()?;
        let repository: RepositoryUniqueId = identifier("domain.repository_unique_id", settings.domain.repository_unique_id.as_str())?;
        let issuers = IssuerFiles::open(settings)?;
        let demo_issuer =
            settings.demo_authorization.enabled.then(|| DemoIssuer::start(settings, DemoDirectory::of(Arc::clone(&store)))).transpose()?;
        let token_keys = Arc::new(token_keys(settings, demo_issuer.as_ref())?);
        let services = Services {
            door: Door::new(Arc::clone(&store), Arc::clone(&contents), policy, repository.clone()).admitting(attestation(settings)),
            home_community_id: identifier("domain.home_community_id", settings.domain.home_community_id.as_str())?,
            assigning_authorities: (settings.domain.assigning_authorities.iter())
                .map(|authority| identifier("domain.assigning_authorities", authority.as_str()))
                .collect::<Result<_, _>>()?,
            on_demand: on_demand(settings, &repository),
            persons: person_rules(settings, issuers.trusted()),
            tokens: token_rules(settings, Arc::clone(&token_keys)),
            origins: settings.http.cors_origins.iter().map(|url| url.as_str().trim_end_matches('/').to_owned()).collect(),
            limits: limits(settings),
            large_messages: Places::new(settings.limits.large_messages.get()),
            callbacks: CallbackRules {
                allowed: settings.async_exchange.callbacks.clone(),
                most_answers: settings.async_exchange.held_answers.get() as u64,
                most_bytes: settings.async_exchange.held_size.bytes(),
            },
            queries_of_all_patients: Places::new(settings.limits.queries_of_all_patients.get()),
        };
        let watched: Watched = vec![Arc::new(issuers)];
        let demo_authorization = demo_issuer.map(|issuer| Arc::new(AuthorizationServer::new(settings, issuer)));
        let services = Arc::new(services);
        Ok(Self { services, store, contents, clock: Clock::default(), token_keys, demo_authorization, migrated, watched })
    }
}

/// The keys of the issuers of the settings, and of the demo's own.
fn token_keys(settings: &Settings, demo: Option<&DemoIssuer>) -> Result<KeyRing, StartError> {
    let own = demo.and_then(|issuer| Some((settings.demo_issuer(), KeySet::parse(issuer.key_set().to_string().as_bytes()).ok()?)));
    KeyRing::new(settings, own)
}

/// All assemblers there are; the settings choose which of them makes what none is made for.
fn on_demand(settings: &Settings, repository: &RepositoryUniqueId) -> OnDemand {
    let most = settings.limits.query_results.get();
    let fallback = match settings.on_demand.assembler {
        Assembler::Off => None,
        chosen @ Assembler::CurrentDocuments => Some(chosen.word()),
    };
    OnDemand {
        assemblers: vec![Box::new(CurrentDocuments { repository: repository.clone(), most })],
        fallback,
        persist: settings.on_demand.persist,
    }
}

/// The rules of the profile, those of its own folder where one is set.
fn policy(settings: &Settings) -> Result<Policy, StartError> {
    Ok(match settings.deployment.profile {
        Profile::IheConnectathon => Policy::Open,
        Profile::LuxembourgDsp => Policy::CareRecord(Arc::new(read_profile(settings.deployment.profile_directory.as_deref())?.0)),
    })
}

/// Which connected systems get an answer.
fn attestation(settings: &Settings) -> AttestationPolicy {
    let need = match settings.attestation_rule() {
        AttestationRule::Off => AttestationNeed::None,
        AttestationRule::Shown => AttestationNeed::Shown,
        AttestationRule::Required => AttestationNeed::All,
    };
    AttestationPolicy { need, contact: settings.nodes.contact.clone() }
}

/// Connects to the database, without migrating it. The folder of a SQLite file is created.
///
/// # Errors
/// [`StartError::Folder`] and [`StartError::Database`].
pub fn open_database(settings: &Settings) -> Result<Arc<Store>, StartError> {
    database(settings).map(Arc::new)
}

fn database(settings: &Settings) -> Result<Store, StartError> {
    let url = match &settings.database.url {
        DatabaseUrl::Sqlite(path) => {
            create_folder("database.url", path.parent())?;
            create_private_file(path);
            format!("sqlite:{}", path.display())
        }
        DatabaseUrl::Postgres(url) => url.to_string(),
    };
    let connections = u32::try_from(settings.database.connections.get()).unwrap_or(u32::MAX);
    Store::open(&url, connections).map_err(|source| unusable(settings, source))
}

/// As [`open_database`], but one that is there: what only looks after data must not begin a new store beside them.
///
/// # Errors
/// [`StartError::NoDatabase`] and those of [`open_database`].
pub fn open_existing_database(settings: &Settings) -> Result<Arc<Store>, StartError> {
    match &settings.database.url {
        DatabaseUrl::Sqlite(path) if !path.exists() => Err(StartError::NoDatabase { url: settings.database.url.without_password() }),
        DatabaseUrl::Sqlite(_) | DatabaseUrl::Postgres(_) => open_database(settings),
    }
}

/// The migrations that the database still lacks: all of them where there is no database. Makes none.
///
/// # Errors
/// Those of [`open_database`]; [`StoreError`] if the database cannot be asked.
pub fn pending_migrations(settings: &Settings) -> Result<Result<Vec<String>, StoreError>, StartError> {
    match &settings.database.url {
        DatabaseUrl::Sqlite(path) if !path.exists() => Ok(Store::migrations_of_a_new_file()),
        DatabaseUrl::Sqlite(_) | DatabaseUrl::Postgres(_) => Ok(open_database(settings)?.pending_migrations()),
    }
}

/// The newest migration of this version: once a backend is open, the database has it.
pub(super) fn newest_migration() -> Result<String, Failure> {
    Ok(Store::migrations_of_a_new_file()?.pop().unwrap_or_default())
}

fn contents(settings: &Settings, keys: Arc<MasterKeys>) -> Result<Arc<dyn ContentStore>, StartError> {
    let directory = &settings.contents.directory;
    create_folder("contents.directory", directory.parent())?;
    Ok(Arc::new(FileContents::open(directory, keys, settings.limits.document_size.bytes())?))
}

fn master_keys(settings: &Settings) -> Result<MasterKeys, StartError> {
    create_folder("data.directory", Some(&settings.data.directory))?;
    let current = current_key(settings)?;
    let previous = settings.encryption.previous_key_files.iter().map(|path| {
        MasterKey::read_file(path).map_err(|source| StartError::MasterKey { setting: "encryption.previous_key_files", source })
    });
    Ok(MasterKeys::new(current, previous.collect::<Result<_, _>>()?))
}

/// The key of the settings. A store for test data gets a new key where there is none yet; one for patients' data never
/// does, for whoever runs it has to know where the key is.
fn current_key(settings: &Settings) -> Result<MasterKey, StartError> {
    let refused = |setting| move |source| StartError::MasterKey { setting, source };
    match settings.encryption.current_key() {
        Some(KeySource::Given(key)) => {
            let digits = zeroize::Zeroizing::new(hex::encode(key.expose()));
            MasterKey::from_hex(&digits).map_err(refused("encryption.master_key"))
        }
        Some(KeySource::File(path)) if is_new_test_store(settings, path) => {
            create_folder("encryption.master_key_file", path.parent())?;
            tracing::info!(file = %path.display(), "made a new master key; keep a copy of it apart from the data");
            MasterKey::generate_file(path).map_err(refused("encryption.master_key_file"))
        }
        Some(KeySource::File(path)) => MasterKey::read_file(path).map_err(refused("encryption.master_key_file")),
        // Settings without a key are refused when they are loaded.
        None => Err(StartError::Identifier { setting: "encryption.master_key", expected: "set" }),
    }
}

fn is_new_test_store(settings: &Settings, key_file: &Path) -> bool {
    let for_tests = matches!(settings.deployment.environment, Environment::Test | Environment::Demo);
    for_tests && !key_file.exists() && !settings.contents.directory.exists()
}

fn limits(settings: &Settings) -> Limits {
    let limits = &settings.limits;
    let soap_message_bytes = usize::try_from(limits.soap_message_size.bytes()).unwrap_or(usize::MAX);
    Limits {
        soap_message_bytes,
        fhir_body_bytes: usize::try_from(limits.fhir_body_size.bytes()).unwrap_or(usize::MAX),
        xml: XmlLimits {
            depth: limits.xml_depth.get(),
            attributes: limits.xml_attributes.get(),
            nodes: limits.xml_nodes.get(),
            bytes: soap_message_bytes,
            ..XmlLimits::default()
        },
        multipart: MultipartLimits {
            parts: limits.parts.get(),
            header_bytes: usize::try_from(limits.part_header_size.bytes()).unwrap_or(usize::MAX),
            // Base64 takes four bytes for three, and a line end each 76.
            part_bytes: limits.document_size.bytes().saturating_mul(3) / 2,
            total_bytes: limits.request_size.bytes(),
            ..MultipartLimits::default()
        },
        submission_objects: limits.submission_objects.get(),
        query_results: limits.query_results.get(),
    }
}

/// Creates a database file for its owner only: SQLite would leave that to the umask, and gives its other files the same
/// permissions. What cannot be created SQLite complains of.
fn create_private_file(path: &Path) {
    let mut options = OpenOptions::new();
    options.append(true).create(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    drop(options.open(path));
}

/// Creates a folder, for its owner only, and those above it.
fn create_folder(setting: &'static str, path: Option<&Path>) -> Result<(), StartError> {
    let Some(path) = path.filter(|path| *path != Path::new("")) else { return Ok(()) };
    let mut builder = DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(path).map_err(|source| StartError::Folder { setting, path: path.to_owned(), source })
}

fn unusable(settings: &Settings, source: StoreError) -> StartError {
    StartError::Database { url: settings.database.url.without_password(), source }
}

fn identifier<T: FromStr<Err = crate::model::ids::InvalidIdentifier>>(setting: &'static str, text: &str) -> Result<T, StartError> {
    text.parse().map_err(|invalid: crate::model::ids::InvalidIdentifier| StartError::Identifier { setting, expected: invalid.expected })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::settings::{self, Flag, Sources};

    #[test]
    fn looking_after_data_begins_no_new_store() {
        let folder = tempfile::tempdir().unwrap();
        let directory = folder.path().join("data");
        let flags = vec![Flag::new("test", "data.directory", directory.display().to_string())];
        let settings = settings::load(&Sources { flags, ..Sources::default() }).unwrap().settings;
        assert!(matches!(open_existing_database(&settings), Err(StartError::NoDatabase { .. })));
        assert!(!directory.exists());
        open_database(&settings).unwrap();
        assert!(open_existing_database(&settings).is_ok());
    }
}
