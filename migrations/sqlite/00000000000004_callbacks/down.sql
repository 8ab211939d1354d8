DROP TABLE held_answers;
