-- ITI-62 asks what a submission set brought, and so does the foreign key when one is removed.
CREATE INDEX folders_submission_set ON folders (submission_set);
CREATE INDEX associations_submission_set ON associations (submission_set);
