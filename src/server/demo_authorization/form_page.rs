//! The page on which somebody chooses a person: plain HTML without script, style and pictures.

use super::parameters::Parameters;

/// What the form hands back unchanged.
const KEPT: [&str; 9] =
    ["response_type", "client_id", "redirect_uri", "scope", "state", "code_challenge", "code_challenge_method", "resource", "aud"];

/// The form. `complaint` says what was wrong with what was chosen before.
pub(super) fn form(request: &Parameters, personas: &[String], complaint: Option<&str>) -> String {
    let hidden = |name: &&str| {
        let value = request.get(name)?;
        Some(format!("<input type=\"hidden\" name=\"{name}\" value=\"{}\">\n", escaped(value)))
    };
    let hidden: String = KEPT.iter().filter_map(hidden).collect();
    let persona = |(at, id): (usize, &String)| {
        let id = escaped(id);
        format!(
            "<div><input type=\"radio\" name=\"persona\" id=\"persona{at}\" value=\"{id}\"> <label for=\"persona{at}\">{id}</label></div>\n"
        )
    };
    let personas: String = personas.iter().enumerate().map(persona).collect();
    let complaint = complaint.map(|text| format!("<p role=\"alert\"><strong>{}</strong></p>\n", escaped(text))).unwrap_or_default();
    let client = escaped(request.get("client_id").unwrap_or_default());
    let scope = escaped(request.get("scope").unwrap_or("all that the person may do"));
    page(
        "Choose a person",
        &format!(
            "<p>This is a demo: nobody has to prove who they are, and all people are invented.</p>\n\
             <p>The program <strong>{client}</strong> asks for: {scope}.</p>\n{complaint}\
             <form method=\"post\" action=\"authorize\">\n{hidden}\
             <fieldset>\n<legend>Who are you?</legend>\n{personas}\
             {}</fieldset>\n\
             <fieldset>\n<legend>Where it matters</legend>\n{}{}{}{}</fieldset>\n\
             <p><button type=\"submit\" name=\"decision\" value=\"allow\">Allow</button> \
             <button type=\"submit\" name=\"decision\" value=\"deny\">Refuse</button></p>\n</form>",
            text_field("person", "Somebody else: the id of a professional, or a matricule"),
            text_field("quality", "Quality: patient, representant-legal, administrateur-dossier, cns, etablissement, admin"),
            text_field("organisation", "Establishment: its id or OID"),
            text_field("representative", "Legal representative: their matricule (the person is the child)"),
            text_field("access_reason", "Reason of the access, for record administrators"),
        ),
    )
}

/// A page that says what is wrong and leads nowhere.
pub(super) fn dead_end(why: &str) -> String {
    page("This request cannot be answered", &format!("<p>{}</p>", escaped(why)))
}

fn text_field(name: &str, label: &str) -> String {
    format!(
        "<div><label for=\"{name}\">{label}</label> <input type=\"text\" id=\"{name}\" name=\"{name}\" maxlength=\"200\" autocomplete=\"off\"></div>\n"
    )
}

fn page(title: &str, body: &str) -> String {
    format!(
        "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>{title} - Dossier demo</title>\n</head>\n\
         <body>\n<main>\n<h1>{title}</h1>\n{body}\n</main>\n</body>\n</html>\n"
    )
}

/// Text within HTML and within quoted attributes.
fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;").replace('\'', "&#39;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_of_a_request_becomes_markup() {
        let request = Parameters::read("client_id=%3Cscript%3E&state=%22%3E%3Cscript%3E%27&scope=a%26b").unwrap();
        let page = form(&request, &["D01\"<b>".to_owned()], Some("<i>"));
        assert!(!page.contains("<script>") && !page.contains("<b>") && !page.contains("<i>"), "{page}");
        assert!(page.contains("value=\"&quot;&gt;&lt;script&gt;&#39;\""), "{page}");
    }

    #[test]
    fn every_field_has_a_label() {
        let page = form(&Parameters::default(), &["D01".to_owned()], None);
        for id in page.split(" id=\"").skip(1).filter_map(|rest| rest.split('"').next()) {
            assert!(page.contains(&format!("<label for=\"{id}\">")), "{id}");
        }
        assert!(!page.contains("style") && !page.contains("onclick"));
    }
}
