//! Delivers the answers that wait for their callback, those of this process and those that another one left.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{Notify, OwnedSemaphorePermit, Semaphore};
use tokio_util::sync::CancellationToken;

use super::back_off::{after, pause};
use super::callback_sender::{CallbackSender, SendError};
use super::clock::Clock;
use super::metrics::Metrics;
use crate::access::{Failure, HeldAnswer};
use crate::model::timestamp::Instant;
use crate::settings::AsyncExchange;
use crate::transactions::Services;

/// How often the outbox is looked at when nothing announces itself: for what is due again, and for what other processes hold.
const LOOK: Duration = Duration::from_secs(1);
/// The longest time between two deliveries of one answer.
const LONGEST_PAUSE: Duration = Duration::from_secs(3600);
/// How much longer than a delivery can take an answer is kept from other processes.
const MARGIN: Duration = Duration::from_secs(60);

/// What is wrong with a delivery.
#[derive(Debug, thiserror::Error)]
enum DeliveryError {
    #[error("the address is not allowed any more (async_exchange.callbacks)")]
    NotAllowed,
    #[error(transparent)]
    Send(#[from] SendError),
    #[error(transparent)]
    Held(#[from] Failure),
}

/// The deliveries of one server process.
pub(super) struct CallbackDelivery {
    services: Arc<Services>,
    sender: Arc<CallbackSender>,
    settings: AsyncExchange,
    metrics: Arc<Metrics>,
    clock: Clock,
    /// Told when an answer was put into the outbox.
    held: Arc<Notify>,
    places: Arc<Semaphore>,
}

impl CallbackDelivery {
    /// Deliveries as the settings want them. `held` announces new answers.
    pub(super) fn new(
        services: Arc<Services>,
        settings: AsyncExchange,
        sender: Arc<CallbackSender>,
        metrics: Arc<Metrics>,
        held: Arc<Notify>,
        clock: Clock,
    ) -> Self {
        let places = Arc::new(Semaphore::new(settings.deliveries.get().min(Semaphore::MAX_PERMITS)));
        Self { services, sender, settings, metrics, clock, held, places }
    }

    /// Delivers until it is told to stop, and then waits for the deliveries under way.
    pub(super) async fn run(self, stop: CancellationToken) {
        let this = Arc::new(self);
        while let Some(place) = this.place(&stop).await {
            let worker = Arc::clone(&this);
            let due = tokio::task::spawn_blocking(move || worker.take()).await.ok().flatten();
            let Some(answer) = due else {
                drop(place);
                this.pause(&stop).await;
                continue;
            };
            let worker = Arc::clone(&this);
            tokio::task::spawn_blocking(move || worker.deliver(&answer, place));
        }
        let all = u32::try_from(this.settings.deliveries.get()).unwrap_or(u32::MAX);
        // The semaphore is never closed.
        let _ = this.places.acquire_many(all).await;
    }

    async fn place(&self, stop: &CancellationToken) -> Option<OwnedSemaphorePermit> {
        tokio::select! {
            biased;
            () = stop.cancelled() => None,
            place = Arc::clone(&self.places).acquire_owned() => place.ok(),
        }
    }

    async fn pause(&self, stop: &CancellationToken) {
        tokio::select! {
            () = stop.cancelled() => {}
            () = self.held.notified() => {}
            () = tokio::time::sleep(LOOK) => {}
        }
    }

    fn take(&self) -> Option<HeldAnswer> {
        let now = self.clock.instant();
        let until = after(now, self.settings.delivery_time.saturating_add(MARGIN));
        let taken = self.services.door.take_answer(now, until);
        if let Ok(held) = self.services.door.answers_held() {
            self.metrics.answers_held(held.count, held.bytes);
        }
        taken.unwrap_or_else(|error| {
            tracing::warn!(%error, "the answers that wait for their callback cannot be read");
            None
        })
    }

    fn deliver(&self, answer: &HeldAnswer, _place: OwnedSemaphorePermit) {
        let (request_id, attempt, callback) = (answer.request_id, answer.attempts, answer.callback.server());
        let sent = self.send(answer);
        let ended = match &sent {
            Ok(()) => {
                tracing::info!(%request_id, attempt, callback, bytes = answer.size, "answer delivered");
                self.metrics.delivery("delivered");
                self.services.door.release_answer(answer)
            }
            Err(error) => match self.next_try(answer, error) {
                Some(at) => {
                    tracing::warn!(%request_id, attempt, callback, %error, "answer not delivered, will be tried again");
                    self.metrics.delivery("failed");
                    self.services.door.put_off_answer(answer, at)
                }
                None => {
                    tracing::error!(%request_id, attempt, callback, %error, "answer given up");
                    self.metrics.delivery("given up");
                    self.services.door.give_up_answer(answer, self.clock.instant(), &error.to_string())
                }
            },
        };
        if let Err(error) = ended {
            tracing::warn!(%request_id, %error, "the end of a delivery could not be noted; the answer will be delivered again");
        }
    }

    fn send(&self, answer: &HeldAnswer) -> Result<(), DeliveryError> {
        // What the operator allows may have changed since the answer was promised.
        if !self.services.callbacks.allow(&answer.callback) {
            return Err(DeliveryError::NotAllowed);
        }
        let mut content = self.services.door.read_answer(answer)?;
        Ok(self.sender.send(answer, &mut content)?)
    }

    /// When to try again, unless that is of no use or too late.
    fn next_try(&self, answer: &HeldAnswer, error: &DeliveryError) -> Option<Instant> {
        if matches!(error, DeliveryError::NotAllowed) {
            return None;
        }
        let next = after(self.clock.instant(), pause(self.settings.first_retry, LONGEST_PAUSE, answer.attempts));
        (next <= after(answer.held_at, self.settings.give_up_after)).then_some(next)
    }
}
