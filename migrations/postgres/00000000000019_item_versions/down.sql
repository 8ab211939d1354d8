DROP TABLE item_versions;
