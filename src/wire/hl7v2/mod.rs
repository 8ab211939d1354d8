//! HL7 version 2 in ER7: the messages of the Patient Identity Feed.
