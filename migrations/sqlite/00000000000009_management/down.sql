DROP TABLE notices;
DROP TABLE record_items;
DROP TABLE presence_code_attempts;
DROP TABLE presence_codes;
