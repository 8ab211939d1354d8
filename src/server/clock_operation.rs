//! `$set-clock`: a test sets the time by which the server decides. On the operator's listener only, and only where
//! `clock.settable` allows it, which no server with real patients may.

use actix_web::http::header::CONTENT_TYPE;
use actix_web::{HttpResponse, web};
use serde_json::{Value, json};

use super::clock::Clock;
use crate::model::civil_day;
use crate::model::timestamp::Instant;
use crate::wire::fhir::fields::{at, items, text};

const PATH: &str = "/fhir/$set-clock";
const FHIR_JSON: &str = "application/fhir+json";
/// More than the operation ever needs.
const MOST_BYTES: usize = 64 * 1024;

/// The operation, for a clock that may be set.
pub(super) fn routes(routes: &mut web::ServiceConfig, clock: Clock) {
    let set = web::post().to(set);
    routes.app_data(web::Data::new(clock)).app_data(web::PayloadConfig::new(MOST_BYTES)).route(PATH, web::get().to(tell)).route(PATH, set);
}

async fn tell(clock: web::Data<Clock>) -> HttpResponse {
    parameters(&clock)
}

async fn set(clock: web::Data<Clock>, body: web::Bytes) -> HttpResponse {
    match wanted(&body, clock.instant()) {
        Ok(to) => {
            clock.set(to);
            tracing::warn!(to = %to.to_dtm(), "the clock was set");
            parameters(&clock)
        }
        Err(mend) => {
            let issue = json!({ "severity": "error", "code": "invalid", "diagnostics": mend });
            let outcome = json!({ "resourceType": "OperationOutcome", "issue": [issue] });
            HttpResponse::BadRequest().insert_header((CONTENT_TYPE, FHIR_JSON)).body(outcome.to_string())
        }
    }
}

fn parameters(clock: &Clock) -> HttpResponse {
    let at = clock.now();
    let written = at.format(&time::format_description::well_known::Rfc3339).unwrap_or_default();
    let parameter = json!({ "name": "instant", "valueInstant": written });
    let parameters = json!({ "resourceType": "Parameters", "parameter": [parameter] });
    HttpResponse::Ok().insert_header((CONTENT_TYPE, FHIR_JSON)).body(parameters.to_string())
}

const SHAPE: &str = "send Parameters with one parameter: \"instant\" with a valueInstant such as 2025-03-17T09:00:00+01:00, or \"advance\" with a valueDuration whose code is s, min, h, d or a";

/// The time that the Parameters ask for. Days and years are those of the calendar in Luxembourg.
fn wanted(body: &[u8], now: Instant) -> Result<Instant, &'static str> {
    let body: Value = serde_json::from_slice(body).map_err(|_| SHAPE)?;
    let is_parameters = text(&body, "resourceType") == Some("Parameters");
    let ([parameter], true) = (items(&body, "parameter"), is_parameters) else { return Err(SHAPE) };
    let wanted = match text(parameter, "name") {
        Some("instant") => text(parameter, "valueInstant").and_then(|text| text.parse().ok()),
        Some("advance") => at(parameter, "valueDuration").and_then(|duration| advanced(duration, now)),
        _ => None,
    };
    wanted.ok_or(SHAPE)
}

fn advanced(duration: &Value, now: Instant) -> Option<Instant> {
    let number = at(duration, "value")?.as_u64()?;
    let seconds = |unit: u64| {
        let micros = i64::try_from(number.checked_mul(unit)?.checked_mul(1_000_000)?).ok()?;
        now.0.checked_add(micros).map(Instant)
    };
    let calendar = |after: fn(Instant, u16) -> Instant| Some(after(now, u16::try_from(number).ok()?));
    match text(duration, "code")? {
        "s" => seconds(1),
        "min" => seconds(60),
        "h" => seconds(3600),
        "d" => calendar(civil_day::days_after),
        "a" => calendar(civil_day::years_after),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_time_is_named_or_advanced_by_a_span() {
        let now: Instant = "2025-03-20T09:00:00Z".parse().unwrap();
        let said = |parameter: &str| {
            let body = format!(r#"{{"resourceType":"Parameters","parameter":[{parameter}]}}"#);
            wanted(body.as_bytes(), now).ok()
        };
        let advance =
            |value: u64, code: &str| said(&format!(r#"{{"name":"advance","valueDuration":{{"value":{value},"code":"{code}"}}}}"#));
        let expected = |text: &str| Some(text.parse::<Instant>().unwrap());
        assert_eq!(said(r#"{"name":"instant","valueInstant":"2030-01-01T00:00:00Z"}"#), expected("2030-01-01T00:00:00Z"));
        assert_eq!(advance(90, "min"), expected("2025-03-20T10:30:00Z"));
        assert_eq!(advance(30, "d"), expected("2025-04-19T08:00:00Z"), "summer time began");
        assert_eq!(advance(10, "a"), expected("2035-03-20T09:00:00Z"));
        assert_eq!((advance(1, "wk"), advance(u64::MAX, "h"), said(r#"{"name":"instant"}"#), said("")), (None, None, None, None));
        assert!(wanted(b"{}", now).is_err() && wanted(b"[]", now).is_err() && wanted(b"", now).is_err());
    }
}
