DROP INDEX document_entries_author;
