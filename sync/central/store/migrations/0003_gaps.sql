-- How many events of the stream will never come: covered by a gap that the cursor passed, and not known here.
ALTER TABLE stream ADD COLUMN dropped {int} NOT NULL DEFAULT 0;
