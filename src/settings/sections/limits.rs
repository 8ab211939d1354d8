//! How much one caller may ask of the server.

use std::num::NonZeroUsize;
use std::time::Duration;

use crate::settings::declaration::section;
use crate::settings::kinds::Size;

section! {
    /// How much one caller may ask of the server. What goes beyond a limit is refused with an error that names it.
    Limits = "limits" {
        /// The most requests worked on at one time; more are answered with status 503.
        concurrent_requests: NonZeroUsize = "64";
        /// The most HTTP and HTTPS connections open at one time, those in their TLS handshake included; further ones wait.
        connections: NonZeroUsize = "2048";
        /// The longest time one request may take from its first to its last byte.
        request_time: Duration = "30min";
        /// The longest pause between two bytes of a request.
        idle_time: Duration = "30s";
        /// The fewest bytes a second in which a request may come, on average and once twice the idle_time is over: who
        /// sends slower keeps a place from others.
        least_rate: Size = "1KiB";
        /// The largest whole request, all documents included.
        request_size: Size = "8GiB";
        /// The largest SOAP message: the XML that is held in memory, documents sent inline as base64 included.
        soap_message_size: Size = "16MiB";
        /// The largest body of a FHIR request that is held in memory: one resource or bundle.
        fhir_body_size: Size = "16MiB";
        /// The most SOAP messages of more than 1 MiB taken apart at one time, for each needs several times its size in memory;
        /// more are answered with status 503.
        large_messages: NonZeroUsize = "8";
        /// The most metadata objects of one submission or update, associations included, and what one request may remove.
        submission_objects: NonZeroUsize = "1000";
        /// The deepest nesting of XML elements, at most 256.
        xml_depth: NonZeroUsize = "64";
        /// The most attributes of one XML element.
        xml_attributes: NonZeroUsize = "64";
        /// The most elements, attributes and texts of one XML document.
        xml_nodes: NonZeroUsize = "500000";
        /// The most parts of one MTOM message, the SOAP part included.
        parts: NonZeroUsize = "100";
        /// The largest header block of one part.
        part_header_size: Size = "8KiB";
        /// The largest single document.
        document_size: Size = "4GiB";
        /// The most objects one stored query may return; more are answered with XDSTooManyResults.
        query_results: NonZeroUsize = "25000";
        /// The most multi-patient queries (ITI-51) without patients worked on at one time, for each may look through the whole
        /// registry; more are answered with XDSRegistryBusy.
        queries_of_all_patients: NonZeroUsize = "2";
        /// The most MLLP connections open at one time.
        mllp_connections: NonZeroUsize = "64";
        /// The largest HL7 v2 message.
        mllp_message_size: Size = "1MiB";
        /// The longest pause on an MLLP connection before it is closed.
        mllp_idle_time: Duration = "1h";
        /// Under the access rules, an answer that finds nothing or refuses leaves so long after its request was there, or after
        /// twice as long, four times, and so on; a search leaves no sooner. So time does not tell what is hidden. Choose more than
        /// such a request takes.
        answer_tick: Duration = "10ms";
        /// The longest time that requests under way may still take when the server is told to stop.
        shutdown_time: Duration = "30s";
    }
}
