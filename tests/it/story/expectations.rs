//! Where each expectation of the sample population is shown.

use std::path::Path;

/// The rule, what is tried, and the test that shows it: a function in a file beside this one.
const SHOWN: &[(&str, &str, &str)] = &[
    ("author reads own document without mandate", "D08 reads K07 after 2025-03-05", "visible::authors"),
    ("author access survives Privé and blacklist", "D04 lists P02", "visible::authors"),
    ("author access lost with practice right", "D09 reads K22", "visible::authors"),
    ("MR reads all but Privé", "D01 reads K21 (confidentiel)", "visible::named"),
    ("MR cannot read Privé", "MR of a patient who sets a document of another author to Privé", "acts::levels"),
    ("MR cannot be blacklisted", "P01 blacklists D01", "acts::blacklist"),
    ("CMC reads beyond its métier", "I02 reads K05 (resume-prestations, infirmier = none)", "visible::named"),
    ("CMC writes by métier", "I02 publishes traitements-medicamenteux for P01", "submissions::rows"),
    ("Consultation needs a code", "X01 opens P01 with no code", "visible::named"),
    ("wrong code", "X01 gives the code of P02 for P01", "turns::a_wrong_code_is_traced"),
    ("délai", "F01 reads K03 on 2025-03-28 and on 2025-03-30", "visible::each_sees_what_the_rules_give"),
    ("expired mandate", "X01 reads K09 on 2025-03-17", "visible::named"),
    ("Établissement, default yes", "I01 reads K02 during M04", "visible::establishments"),
    ("level Confidentiel hides from Établissement", "I01 reads K29 of P01", "visible::establishments"),
    ("refusal per episode", "L01 or B01 opens P11 on 2025-03-16", "turns::a_refusal_lasts_for_its_visit"),
    ("refusal reaches the subcontractor", "B02 opens P11", "visible::establishments"),
    ("subcontractor inherits", "B02 publishes K10", "turns::a_subcontractor_is_named"),
    ("blacklist beats Établissement", "D07 opens P04 during M10", "visible::authors"),
    ("blacklist trace", "P04 reads her history", "turns::blacklisting_is_traced"),
    ("Urgences default", "D05 reads K21 of P08", "visible::establishments"),
    ("Urgences étendu", "D05 with an Urgences mandate on P01 reads K29", "turns::emergencies"),
    ("Urgences supprimé", "D05 with an admission of P04", "turns::emergencies"),
    ("Urgences needs a habilité service", "a PS of E5 asks for an Urgences mandate", "visits::visits_open_and_end_what_the_care_team_sees"),
    ("Urgences then Établissement", "P08 hospitalised after M15", "turns::emergencies"),
    ("Annonce hides from patient", "P03 lists documents", "turns::announcements"),
    ("Annonce hides from assistant", "(give P03 an assistant)", "turns::announcements"),
    ("Annonce visible to PS", "a ward PS of E1 with a mandate on P03", "turns::announcements"),
    ("Annonce lifted by another PS", "D06 lifts K10 (author B02)", "turns::announcements"),
    ("only who sees may change level", "I01 sets K12 to Standard", "turns::announcements"),
    ("new version", "D01 replaces K01", "turns::versions"),
    ("no in-place edit", "D01 alters K01 bytes", "turns::versions"),
    ("Expression of the titulaire", "D01 publishes expression-titulaire", "submissions::rows"),
    ("laboratory only", "D06 publishes resultats-biologie", "submissions::rows"),
    ("laborantin no publication", "L01 publishes resultats-biologie", "submissions::rows"),
    ("dentist and midwife prescribe", "S01 publishes traitements-medicamenteux", "submissions::rows"),
    ("doctor does not write soignant prescription", "D03 publishes traitements-soignants-prescrits", "submissions::rows"),
    ("CNS without MR", "SYS publishes resume-prestations for P02", "submissions::rows"),
    ("inactive DSP", "any PS opens P07", "turns::inactive"),
    ("automatic activation", "clock passes 2025-04-04", "turns::inactive"),
    ("closed DSP", "D01 opens P10; P10 reopens", "turns::closed_and_opened_again"),
    ("deceased", "purge job at 2025-02-20 + 1", "turns::matricules"),
    ("minor", "P04 opens P05 through the account of P05", "turns::grown_up"),
    ("double quality", "D03 logged in as P06", "visible::named"),
    ("assistant ends", "P01 removes P02", "turns::an_assistant_ends"),
    ("early end", "T01 opens P01 on 2025-03-06", "visible::establishments"),
    ("traces", "F01 asks the history of P01", "turns::traces"),
    ("administrator", "Z01 deactivates K02 placed in the wrong file", "turns::misplaced"),
    ("unattested system", "any call from E7", "visible::establishments"),
    ("matricule", "create a patient with a wrong key; with 0000 day and month (P09)", "turns::matricules"),
];

const FILES: [(&str, &str); 5] = [
    ("acts", include_str!("acts.rs")),
    ("submissions", include_str!("submissions.rs")),
    ("turns", include_str!("turns.rs")),
    ("visible", include_str!("visible.rs")),
    ("visits", include_str!("visits.rs")),
];

#[test]
fn every_expectation_is_shown_by_a_test() {
    for (rule, _, test) in SHOWN {
        let (file, function) = test.split_once("::").unwrap();
        let (_, text) = FILES.iter().find(|(name, _)| *name == file).unwrap();
        assert!(text.contains(&format!("fn {function}(")), "{rule}: {test} is no function");
        assert!(text.matches(&format!("{function}(")).count() > 1 || text.contains("on_both_databases!"), "{rule}: nobody calls {test}");
    }
}

/// The list of expectations lies beside the project, where it is there at all.
#[test]
fn no_expectation_is_forgotten() {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/domain/personas.md");
    let Ok(text) = std::fs::read_to_string(&file) else {
        assert!(std::env::var("DOSSIER_TEST_REQUIRE_SHARED").as_deref() != Ok("1"), "{} is not there", file.display());
        eprintln!("skipped the comparison with the list of expectations: {} is not there", file.display());
        return;
    };
    let (_, listed) = text.split_once("## What each rule should give").unwrap();
    let rows = listed.lines().filter(|line| line.starts_with('|')).skip(2);
    let listed: Vec<_> = rows.map(|row| row.split('|').skip(1).take(2).map(str::trim).collect::<Vec<_>>()).collect();
    let shown: Vec<_> = SHOWN.iter().map(|(rule, tried, _)| vec![*rule, *tried]).collect();
    assert_eq!(listed, shown);
}
