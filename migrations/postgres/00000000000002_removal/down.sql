DROP INDEX associations_submission_set;
DROP INDEX folders_submission_set;
