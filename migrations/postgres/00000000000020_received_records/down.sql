DROP TABLE received_records;
