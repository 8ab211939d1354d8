//! ebRIM 3.0 as ITI TF-3 4.2.3 uses it: metadata, stored queries and registry responses in XML.
