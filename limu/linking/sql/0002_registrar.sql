-- The registrar a row states: with an equal name, the second fact by which it finds its subject.
ALTER TABLE staging.entry ADD COLUMN registrar text;
