use proptest::prelude::*;

use super::*;
use crate::wire::xml::ns;

fn read(xml: &str) -> Result<Element, XmlFlaw> {
    parse(xml.as_bytes(), &XmlLimits::default()).map_err(|error| error.flaw)
}

fn text_of(xml: &str) -> String {
    read(xml).unwrap().text()
}

#[test]
fn namespaces_are_resolved_and_kept_where_declared() {
    let root = read(r#"<r xmlns="urn:d" xmlns:a="urn:a" q="1" a:q="2" xml:lang="fr"><a:c xmlns=""><d/></a:c></r>"#).unwrap();
    assert!(root.is("urn:d", "r"));
    assert_eq!(root.namespaces.len(), 2);
    assert_eq!((root.namespaces[1].0.as_ref(), root.namespaces[1].1.as_ref()), ("a", "urn:a"));
    assert_eq!(root.attribute_ns(ns::XML, "lang"), Some("fr"));
    assert_eq!(root.attributes.len(), 3);
    let child = root.child("urn:a", "c").unwrap();
    assert_eq!(child.namespaces.len(), 1);
    assert!(child.child("", "d").is_some(), "the default namespace was undeclared");
}

#[test]
fn text_cdata_references_and_comments_become_one_text() {
    let root = read("<r>a&amp;<!-- x --><![CDATA[<b>&amp;\r\n]]>&#233;&#x1F600;\rc\r\n&#13;&lt;</r>").unwrap();
    assert_eq!(root.children, [Node::Text("a&<b>&amp;\né\u{1F600}\nc\n\r<".into())]);
    assert_eq!(read("<r><![CDATA[]]></r>").unwrap().children, []);
}

#[test]
fn prolog_and_epilog() {
    for good in [
        "\u{FEFF}<?xml version='1.0'?><r/>",
        "<?xml version=\"1.0\" encoding=\"utf-8\" standalone='no' ?>\n<!-- c --> <r/> <!-- c -->\n",
        "<?xml version=\"1.0\" encoding=\"US-ASCII\"?><r/>",
        " <r/>",
    ] {
        assert!(read(good).is_ok(), "{good}");
    }
    for bad in [
        " <?xml version='1.0'?><r/>",
        "<?xml?><r/>",
        "<?xml version='1.1'?><r/>",
        "<?xml encoding='UTF-8'?><r/>",
        "<?xml version='1.0' standalone='maybe'?><r/>",
        "<?xml version='1.0' encoding='UTF-8' a=''?><r/>",
        "<?xml version='1.0' standalone='no' encoding='UTF-8'?><r/>",
        "<r/><?xml version='1.0'?>",
    ] {
        assert!(matches!(read(bad), Err(XmlFlaw::Malformed(_))), "{bad}");
    }
}

#[test]
fn only_utf8_is_read() {
    assert_eq!(read("<?xml version='1.0' encoding='ISO-8859-1'?><r/>"), Err(XmlFlaw::NotUtf8));
    let utf16: Vec<u8> = "<r>\u{E9}</r>".encode_utf16().flat_map(u16::to_le_bytes).collect();
    let marked = [b"\xFF\xFE".as_slice(), &utf16].concat();
    for bytes in [marked.as_slice(), b"<r>\xE9</r>", b"<r>\xC0\x80</r>", b"<r>\xED\xA0\x80</r>"] {
        assert_eq!(parse(bytes, &XmlLimits::default()).unwrap_err().flaw, XmlFlaw::NotUtf8);
    }
    assert_eq!(parse(&utf16[..6], &XmlLimits::default()).unwrap_err().flaw, XmlFlaw::IllegalCharacter(0));
}

#[test]
fn what_soap_forbids_is_refused() {
    let bomb = "<!DOCTYPE r [<!ENTITY a \"x\"><!ENTITY b \"&a;&a;\">]><r>&b;</r>";
    assert_eq!(read(bomb), Err(XmlFlaw::DocumentType));
    for dtd in ["<!DOCTYPE r><r/>", "<!DOCTYPE r SYSTEM 'file:///etc/passwd'><r/>", "<!DOCTYPE r [", "<!DOCTYPE>"] {
        assert_eq!(read(dtd), Err(XmlFlaw::DocumentType), "{dtd}");
    }
    assert_eq!(read("<r>&b;</r>"), Err(XmlFlaw::UnknownEntity));
    assert_eq!(read("<r a='&b;'/>"), Err(XmlFlaw::UnknownEntity));
    for instruction in ["<?p?><r/>", "<r><?xml-stylesheet href='a'?></r>", "<r/><?p?>", "<r><?p"] {
        assert_eq!(read(instruction), Err(XmlFlaw::ProcessingInstruction), "{instruction}");
    }
}

#[test]
fn characters_and_names_are_checked() {
    assert_eq!(read("<r>\0</r>"), Err(XmlFlaw::IllegalCharacter(0)));
    assert_eq!(read("<r>\u{FFFE}</r>"), Err(XmlFlaw::IllegalCharacter(0xFFFE)));
    assert_eq!(read("<r>&#8;</r>"), Err(XmlFlaw::IllegalCharacter(8)));
    assert_eq!(read("<r a='&#xFFFF;'/>"), Err(XmlFlaw::IllegalCharacter(0xFFFF)));
    for bad in ["<9/>", "<a/b/>", "<a:b:c xmlns:a='urn:a'/>", "<r a!='1'/>", "<r xmlns:='urn:a'/>", "<r xmlns:9='urn:a'/>"] {
        assert_eq!(read(bad), Err(XmlFlaw::IllegalName), "{bad}");
    }
    for bad in ["<a:r/>", "<r a:b=''/>", "<r><a xmlns:x='urn:x'/><x:b/></r>", "<xmlns:r/>"] {
        assert_eq!(read(bad), Err(XmlFlaw::UnboundPrefix), "{bad}");
    }
    for bad in [
        "<r a='' a=''/>",
        "<r xmlns='' xmlns=''/>",
        "<r xmlns:a='urn:a' xmlns:a='urn:b'/>",
        "<r xmlns:a='urn:a' xmlns:b='urn:a' a:k='' b:k=''/>",
    ] {
        assert_eq!(read(bad), Err(XmlFlaw::DuplicateAttribute), "{bad}");
    }
}

#[test]
fn what_is_not_well_formed_is_refused() {
    for bad in [
        "",
        " ",
        "x",
        "<r>",
        "<r",
        "<r></s>",
        "</r>",
        "<r/></r>",
        "<r/><s/>",
        "<r/>x",
        "x<r/>",
        "<r/>&amp;",
        "<r/><![CDATA[]]>",
        "<r>]]></r>",
        "<r>&</r>",
        "<r>&amp</r>",
        "<r><!-- -- --></r>",
        "<r><!-- </r>",
        "<r><![CDATA[</r>",
        "<r a='<'/>",
        "<r a/>",
        "<r a=1/>",
        "<r a='1'b='2'/>",
        "<!ELEMENT r ANY><r/>",
        "<r>&#x;</r>",
        "< r/>",
    ] {
        assert!(matches!(read(bad), Err(XmlFlaw::Malformed(_))), "{bad}: {:?}", read(bad));
    }
}

#[test]
fn every_limit_holds_exactly() {
    let limits = XmlLimits { depth: 2, attributes: 2, namespaces: 2, nodes: 6, bytes: 60 };
    let flaw = |xml: &str| parse(xml.as_bytes(), &limits).err().map(|error| error.flaw);
    assert_eq!(flaw("<r><a/></r>"), None);
    assert_eq!(flaw("<r><a><b/></a></r>"), Some(XmlFlaw::TooDeep { limit: 2 }));
    assert_eq!(flaw("<r a='' b=''/>"), None);
    assert_eq!(flaw("<r a='' b='' xmlns=''/>"), Some(XmlFlaw::TooManyAttributes { limit: 2 }));
    assert_eq!(flaw("<r xmlns:a='1'><a xmlns:b='1'/><b xmlns:c='1'/></r>"), None);
    assert_eq!(flaw("<r xmlns:a='1' xmlns='1'><a xmlns:b='1'/></r>"), Some(XmlFlaw::TooManyNamespaces { limit: 2 }));
    assert_eq!(flaw("<r a=''>1<a/>2<b/></r>"), None);
    assert_eq!(flaw("<r a=''>1<a/>2<b/>3</r>"), Some(XmlFlaw::TooManyNodes { limit: 6 }));
    assert_eq!(flaw(&format!("<r>{}</r>", " ".repeat(53))), None);
    assert_eq!(flaw(&format!("<r>{}</r>", " ".repeat(54))), Some(XmlFlaw::TooLarge { limit: 60 }));
    let deep = "<a>".repeat(1_000_000);
    assert_eq!(read(&deep), Err(XmlFlaw::TooDeep { limit: 64 }));
}

#[test]
fn errors_say_where_and_keep_quiet_about_content() {
    let secret = "DUPONT";
    let xml = format!("<r xmlns='urn:a'>\n  <p:é xmlns:p='urn:{secret}'>{secret}é&{secret};</p:é></r>");
    let error = parse(xml.as_bytes(), &XmlLimits::default()).unwrap_err();
    assert_eq!((error.line, error.path.as_str()), (2, "/r/p:é"));
    assert_eq!(error.column, xml.lines().nth(1).unwrap().chars().position(|c| c == '&').unwrap() + 1);
    for broken in [
        xml,
        format!("<r>{secret}"),
        format!("<r a='{secret}"),
        format!("<r a={secret}/>"),
        format!("<r {secret}/>"),
        format!("<!DOCTYPE {secret}><r/>"),
        format!("<?{secret}?><r/>"),
        format!("<r/>{secret}"),
        format!("<r></{secret}>"),
        format!("<r>&#{secret};</r>"),
        format!("<!-- {secret}"),
        format!("<{secret}:r/>"),
    ] {
        let error = parse(broken.as_bytes(), &XmlLimits::default()).unwrap_err();
        assert!(!error.to_string().contains(secret), "{error}");
    }
    let long = format!("<{}>&x;", "a".repeat(100_000));
    assert!(parse(long.as_bytes(), &XmlLimits::default()).unwrap_err().to_string().len() < 300);
}

#[test]
fn text_in_very_many_pieces_is_read() {
    let xml = format!("<r>{}</r>", "a<!---->&lt;".repeat(100_000));
    assert_eq!(text_of(&xml).len(), 200_000);
}

proptest! {
    #[test]
    fn nothing_panics(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        let _ = parse(&bytes, &XmlLimits::default());
    }

    #[test]
    fn nothing_panics_on_what_looks_like_xml(
        pieces in proptest::collection::vec(
            proptest::sample::select(vec![
                "<", ">", "/", "</", "/>", "a", "b:", " ", "=", "'", "\"", "&", ";", "#", "x", "<!--", "-->", "<![CDATA[", "]]>",
                "<?", "?>", "xml", "xmlns", ":", "<!DOCTYPE", "é", "\r", "<a>", "</a>",
            ]),
            0..40,
        ),
    ) {
        let _ = read(&pieces.concat());
    }
}
