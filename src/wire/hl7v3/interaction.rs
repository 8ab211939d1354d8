//! The interactions of the feed and the answer to them (ITI TF-2: 3.44.4.1.2.3, 3.44.4.2.2.3).

/// What the root element of a message says that it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Interaction {
    /// Patient Registry Record Added.
    Added,
    /// Patient Registry Record Revised.
    Revised,
    /// Patient Registry Duplicates Resolved.
    DuplicatesResolved,
}

impl Interaction {
    const ALL: [Self; 3] = [Self::Added, Self::Revised, Self::DuplicatesResolved];

    /// The interaction id, which is also the name of the root element.
    pub fn id(self) -> &'static str {
        match self {
            Self::Added => "PRPA_IN201301UV02",
            Self::Revised => "PRPA_IN201302UV02",
            Self::DuplicatesResolved => "PRPA_IN201304UV02",
        }
    }

    /// The trigger event, the value of `controlActProcess/code`.
    pub fn trigger_event(self) -> &'static str {
        match self {
            Self::Added => "PRPA_TE201301UV02",
            Self::Revised => "PRPA_TE201302UV02",
            Self::DuplicatesResolved => "PRPA_TE201304UV02",
        }
    }

    /// The WS-Addressing action of a request with it.
    pub fn action(self) -> &'static str {
        match self {
            Self::Added => "urn:hl7-org:v3:PRPA_IN201301UV02",
            Self::Revised => "urn:hl7-org:v3:PRPA_IN201302UV02",
            Self::DuplicatesResolved => "urn:hl7-org:v3:PRPA_IN201304UV02",
        }
    }

    /// The interaction that a request with this action brings.
    pub fn of_action(action: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|interaction| interaction.action() == action)
    }
}
