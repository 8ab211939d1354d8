//! Whom to be, and what that shows.

/// The flags of somebody, and what they see at the time at which the story ends.
pub(super) const PERSONAS: [(&str, &str); 14] = [
    ("--as D01", "referring physician of P01 and P08: all they have but privé"),
    ("--as D03", "cardiologist, trusted circle of P01; has P09 in consultation today"),
    ("--as D04", "psychiatrist whom P02 shut out: of P02 only K08, his own"),
    ("--as D05", "emergency room of E1: P08, who came this morning; not K21"),
    ("--as D07", "gynaecologist of E1 whom P04 shut out: of P04 only K14, his own"),
    ("--as D09", "dentist who lost the licence in February: nothing"),
    ("--as I01", "ward nurse of E1, where P01 stays: what nurses read; not K29"),
    ("--as F01", "pharmacist of E6, has the code of P01: until 29 March; not K29"),
    ("--as B02", "laboratory E3: P03; nothing of P11, who refused"),
    ("--as P01", "patient: the own record"),
    ("--as P02", "patient, and assistant of P01: both records"),
    ("--as P03", "patient: not K10 and K11, which a physician has yet to announce"),
    ("--as P05 --representative P04", "a mother in the account of her child"),
    ("--as Z01 --reason doublon", "record administrator, who has to say why: any record"),
];
