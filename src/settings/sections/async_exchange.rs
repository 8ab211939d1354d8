//! Answers that are sent to an address of their own.

use std::num::NonZeroUsize;
use std::path::PathBuf;
use std::time::Duration;

use crate::model::callback_url::CallbackUrl;
use crate::settings::declaration::section;
use crate::settings::kinds::Size;

section! {
    /// Asynchronous Web services exchange (IHE ITI TF-2: V.5): answers that the server sends to the address in wsa:ReplyTo.
    /// An answer holds what a query or retrieval found: allow addresses of known consumers only, with https.
    AsyncExchange = "async_exchange" {
        /// Where answers may be sent: URLs of scheme, host, port and the beginning of the path. Empty: nowhere, and requests
        /// that want it are refused. Redirections are not followed.
        callbacks: Vec<CallbackUrl> = "";
        /// The certificate that the server shows to callbacks over https, PEM, followed by those of its issuers but for the
        /// root. Not set: none is shown.
        client_certificate: Option<PathBuf> = "";
        /// Its private key, without a password, readable by its owner only.
        client_key: Option<PathBuf> = "";
        /// Files with the certificates of the authorities whose callbacks are trusted. Not set: those that the system trusts.
        ca: Vec<PathBuf> = "";
        /// The most answers that wait to be delivered; a request that would bring another one is answered with status 503.
        held_answers: NonZeroUsize = "1000";
        /// The most bytes of answers that wait, encrypted, in the content store; above it as for held_answers.
        held_size: Size = "16GiB";
        /// The most answers delivered at one time by one server.
        deliveries: NonZeroUsize = "4";
        /// The longest time until a connection to a callback stands, TLS included.
        connect_time: Duration = "10s";
        /// The longest time one delivery may take. After a crash in the midst of it, the answer is delivered again this much later.
        delivery_time: Duration = "10min";
        /// The time from the first failed delivery to the next one; each further failure doubles it, up to one hour.
        first_retry: Duration = "5s";
        /// The age at which an answer that cannot be delivered is given up.
        give_up_after: Duration = "1d";
    }
}
