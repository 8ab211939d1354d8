//! The tables, as `migrations/` makes them.

diesel::table! {
    patients (patient_id) {
        patient_id -> Text,
        demographics -> Text,
        merged_into -> Nullable<Text>,
        created_at -> BigInt,
        updated_at -> BigInt,
        birth_date -> Nullable<Text>,
        version -> BigInt,
    }
}

diesel::table! {
    patient_aliases (alias) {
        alias -> Text,
        patient_id -> Text,
    }
}

diesel::table! {
    submission_sets (entry_uuid) {
        entry_uuid -> Text,
        patient_id -> Text,
        unique_id -> Text,
        source_id -> Text,
        submission_time -> Text,
        content_type_code -> Text,
        availability_status -> Text,
        registered_at -> BigInt,
        content -> Text,
    }
}

diesel::table! {
    document_entries (entry_uuid) {
        entry_uuid -> Text,
        patient_id -> Text,
        logical_id -> Text,
        version -> Integer,
        unique_id -> Text,
        repository_unique_id -> Text,
        availability_status -> Text,
        object_type -> Text,
        class_code -> Text,
        type_code -> Text,
        format_code -> Text,
        healthcare_facility_type_code -> Text,
        practice_setting_code -> Text,
        creation_time -> Nullable<Text>,
        service_start_time -> Nullable<Text>,
        service_stop_time -> Nullable<Text>,
        hash -> Nullable<Text>,
        size -> Nullable<BigInt>,
        submission_set -> Text,
        registered_at -> BigInt,
        content -> Text,
        document_type -> Text,
        level -> Text,
        author_kind -> Text,
        author_id -> Text,
        activation -> Text,
    }
}

diesel::table! {
    object_values (entry_uuid, attribute, value) {
        entry_uuid -> Text,
        attribute -> Text,
        value -> Text,
    }
}

diesel::table! {
    folders (entry_uuid) {
        entry_uuid -> Text,
        patient_id -> Text,
        logical_id -> Text,
        version -> Integer,
        unique_id -> Text,
        availability_status -> Text,
        last_update_time -> Text,
        submission_set -> Text,
        registered_at -> BigInt,
        content -> Text,
    }
}

diesel::table! {
    associations (entry_uuid) {
        entry_uuid -> Text,
        patient_id -> Text,
        association_type -> Text,
        source -> Text,
        target -> Text,
        availability_status -> Text,
        submission_set -> Text,
        registered_at -> BigInt,
        content -> Text,
    }
}

diesel::table! {
    documents (unique_id) {
        unique_id -> Text,
        content_key -> Text,
        sealed_key -> Binary,
        size -> BigInt,
        sha1 -> Text,
        sha256 -> Text,
        mime_type -> Text,
        stored_at -> BigInt,
    }
}

diesel::table! {
    audit_events (sequence) {
        sequence -> BigInt,
        occurred_at -> BigInt,
        transaction_id -> Text,
        outcome -> Text,
        patient_id -> Nullable<Text>,
        content -> Text,
        id -> Text,
        actor -> Nullable<Text>,
        writer -> Nullable<Text>,
        number -> Nullable<BigInt>,
        digest -> Nullable<Binary>,
    }
}

diesel::table! {
    received_records (id) {
        id -> Text,
        received_at -> BigInt,
        recorded_at -> BigInt,
        transport -> Text,
        format -> Text,
        sender -> Text,
        certificate -> Nullable<Text>,
        priority -> Nullable<Integer>,
        hostname -> Nullable<Text>,
        app_name -> Nullable<Text>,
        process_id -> Nullable<Text>,
        message_id -> Nullable<Text>,
        content -> Binary,
    }
}

diesel::table! {
    audit_writers (writer) {
        writer -> Text,
        sealed -> BigInt,
    }
}

diesel::table! {
    audit_amendments (writer, first, generation) {
        writer -> Text,
        first -> BigInt,
        last -> BigInt,
        generation -> BigInt,
        digest -> Binary,
        record_hash -> Nullable<Binary>,
        removal -> Text,
    }
}

diesel::table! {
    audit_seals (number) {
        number -> BigInt,
        content -> Text,
        signature -> Binary,
    }
}

diesel::table! {
    audit_event_patients (patient_id, sequence) {
        patient_id -> Text,
        sequence -> BigInt,
    }
}

diesel::table! {
    audit_deliveries (repository) {
        repository -> Text,
        sequence -> BigInt,
        holder -> Text,
        due_at -> BigInt,
        attempts -> Integer,
    }
}

diesel::table! {
    held_answers (request_id) {
        request_id -> Text,
        callback -> Text,
        content_type -> Text,
        content_key -> Text,
        sealed_key -> Binary,
        size -> BigInt,
        attempts -> Integer,
        held_at -> BigInt,
        due_at -> BigInt,
    }
}

diesel::table! {
    establishments (id) {
        id -> Text,
        content -> Text,
        version -> BigInt,
        updated_at -> Nullable<BigInt>,
    }
}

diesel::table! {
    professionals (id) {
        id -> Text,
        content -> Text,
        version -> BigInt,
        updated_at -> Nullable<BigInt>,
    }
}

diesel::table! {
    connected_systems (id) {
        id -> Text,
        establishment -> Nullable<Text>,
        content -> Text,
        version -> BigInt,
        updated_at -> Nullable<BigInt>,
    }
}

diesel::table! {
    system_certificates (identity) {
        identity -> Text,
        system_id -> Text,
    }
}

diesel::table! {
    used_assertions (issuer, assertion_id) {
        issuer -> Text,
        assertion_id -> Text,
        expires_at -> BigInt,
    }
}

diesel::table! {
    establishment_oids (oid) {
        oid -> Text,
        establishment -> Text,
    }
}

diesel::table! {
    legal_representatives (child, representative) {
        child -> Text,
        representative -> Text,
        content -> Text,
        version -> BigInt,
        updated_at -> Nullable<BigInt>,
    }
}

diesel::table! {
    care_records (patient_id) {
        patient_id -> Text,
        version -> BigInt,
        due_at -> Nullable<BigInt>,
        content -> Text,
    }
}

diesel::table! {
    directory_names (directory, word, part, id) {
        directory -> Text,
        word -> Text,
        part -> Text,
        id -> Text,
    }
}

diesel::table! {
    presence_codes (patient_id) {
        patient_id -> Text,
        hash -> Text,
        set_at -> BigInt,
        changed_by -> Text,
    }
}

diesel::table! {
    presence_code_attempts (professional, patient_id) {
        professional -> Text,
        patient_id -> Text,
        forget_at -> BigInt,
        content -> Text,
    }
}

diesel::table! {
    item_versions (item, version) {
        item -> Text,
        version -> BigInt,
        patient_id -> Text,
        replaced_at -> BigInt,
        content -> Text,
    }
}

diesel::table! {
    directory_versions (directory, entry_key, version) {
        directory -> Text,
        entry_key -> Text,
        version -> BigInt,
        updated_at -> Nullable<BigInt>,
        replaced_at -> BigInt,
        content -> Text,
    }
}

diesel::table! {
    record_items (id) {
        id -> Text,
        patient_id -> Text,
    }
}

diesel::table! {
    notices (id) {
        id -> Text,
        recipient_kind -> Text,
        recipient_id -> Text,
        patient_id -> Text,
        created_at -> BigInt,
        content -> Text,
    }
}

diesel::allow_tables_to_appear_in_same_query!(establishment_oids, establishments);
diesel::allow_tables_to_appear_in_same_query!(legal_representatives, patients);
diesel::allow_tables_to_appear_in_same_query!(connected_systems, system_certificates, establishments);
diesel::allow_tables_to_appear_in_same_query!(document_entries, submission_sets, folders, object_values);
diesel::allow_tables_to_appear_in_same_query!(audit_events, audit_event_patients, received_records);
