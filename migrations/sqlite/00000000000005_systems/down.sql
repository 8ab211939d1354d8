DROP TABLE system_certificates;
DROP TABLE connected_systems;
