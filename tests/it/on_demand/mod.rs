//! On-demand documents: Register On-Demand Document Entry (ITI TF-2: 3.61), their retrieval (3.43.4.2.2) and the snapshots
//! that keep what was given (3.43.4.2.3).

mod keeping;
mod registering;
mod retrieving;
mod scene;
mod wire_snapshots;
