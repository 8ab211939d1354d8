use super::*;

fn fault(text: &str) -> FhirFault {
    read(text.as_bytes()).unwrap_err()
}

#[test]
fn a_resource_comes_back_as_it_was() {
    let text = r#"{"resourceType":"Patient","id":"p","contained":[{"resourceType":"Organization","name":"O"}],"active":true,"name":[{"family":"F","given":["A",null],"_given":[null,{"extension":[{"url":"urn:x","valueInteger":3}]}]}],"birthDate":"1970-01-01","_birthDate":{"id":"b"},"multipleBirthInteger":2}"#;
    assert_eq!(String::from_utf8(write(&read(text.as_bytes()).unwrap(), false)).unwrap(), text);
    let decimal = r#"{"resourceType":"Observation","valueQuantity":{"value":1.100}}"#;
    assert_eq!(String::from_utf8(write(&read(decimal.as_bytes()).unwrap(), false)).unwrap(), decimal);
}

#[test]
fn hostile_json_is_refused() {
    let deep = format!("{}1{}", r#"{"resourceType":"#.repeat(70), "}".repeat(70));
    for (text, why) in [
        (r#"{"resourceType":"Patient","id":"a","id":"b"}"#, "same key twice"),
        (r#"{"resourceType":"Patient"} x"#, "trailing"),
        (r#"{"resourceType":"Patient","name":[]}"#, "empty array"),
        (r#"{"resourceType":"Patient","name":[{}]}"#, "empty object"),
        (r#"{"resourceType":"Patient","id":""}"#, "empty string"),
        (r#"{"resourceType":"Patient","#, "EOF"),
        ("", "EOF"),
        (deep.as_str(), "inside one another"),
        (r#"{"resourceType":"Pateint"}"#, "none of R4"),
        (r#"{"resourceType":"HumanName"}"#, "none of R4"),
        (r#"{"id":"x"}"#, "add it"),
        (r#"[1]"#, "object"),
    ] {
        let fault = fault(text);
        assert!(fault.to_string().contains(why), "{text}: {fault}");
    }
}

#[test]
fn faults_name_the_place() {
    for (text, expression) in [
        (r#"{"resourceType":"Patient","name":[{"famly":"x"}]}"#, "Patient.name[0].famly"),
        (r#"{"resourceType":"Patient","name":{"family":"x"}}"#, "Patient.name"),
        (r#"{"resourceType":"Patient","gender":["male"]}"#, "Patient.gender"),
        (r#"{"resourceType":"Patient","active":"true"}"#, "Patient.active"),
        (r#"{"resourceType":"Patient","multipleBirthInteger":99999999999}"#, "Patient.multipleBirthInteger"),
        (r#"{"resourceType":"Patient","telecom":[{"rank":0}]}"#, "Patient.telecom[0].rank"),
        (r#"{"resourceType":"Patient","contained":[{"resourceType":"Organization","nam":"O"}]}"#, "Patient.contained[0].nam"),
        (
            r#"{"resourceType":"Patient","text":{"status":"generated","div":"<div xmlns='http://www.w3.org/1999/xhtml'><b></div>"}}"#,
            "Patient.text.div",
        ),
        (
            r#"{"resourceType":"Patient","text":{"status":"generated","div":"<div xmlns='http://www.w3.org/1999/xhtml'><p onclick='x'/></div>"}}"#,
            "Patient.text.div",
        ),
        (r#"{"resourceType":"Patient","_name":[{"id":"x"}]}"#, "Patient.name"),
        (r#"{"resourceType":"Patient","_gender":{"value":"x"}}"#, "Patient.gender"),
        (r#"{"resourceType":"Bundle","entry":[{"resource":{"resourceType":"Patient","x":1}}]}"#, "Bundle.entry[0].resource.x"),
    ] {
        assert_eq!(fault(text).expression, expression, "{text}");
    }
}
