//! Whom to be, and what that shows.

/// The flags of somebody, and what they see at the time at which the story ends.
pub(super) const PERSONAS: [(&str, &str); 14] = [
    ("--as D01", "referring physician of P01 and P08: all they have but privé"),
    ("--as D03", "cardiologist, trusted circle of P01: the same; today's consultation of P09"),
    ("--as D04", "psychiatrist whom P02 shut out: of P02 only K08, which he wrote"),
    ("--as D05", "emergency room of E1: P08, admitted this morning, but not K21 (confidentiel)"),
    ("--as D07", "gynaecologist of E1 whom P04 shut out: of P04 only K14, which she wrote"),
    ("--as D09", "dentist without a licence since February: nothing"),
    ("--as I01", "ward nurse of E1, where P01 stays: of P01 all but K29 (confidentiel)"),
    ("--as F01", "pharmacist of E6, had the code of P01: the same, until 29 March"),
    ("--as B02", "laboratory E3, works for E2: P03; nothing of P11, who refused"),
    ("--as P01", "patient: the own record"),
    ("--as P02", "patient and assistant of P01: both records"),
    ("--as P03", "patient: the own record, without K10 and K11 (to be announced by a physician)"),
    ("--as P05 --representative P04", "a mother in the account of her child"),
    ("--as Z01 --reason doublon", "record administrator, who has to say why: any record"),
];
