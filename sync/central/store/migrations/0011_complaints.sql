-- Complaints as the site tells of them, so that the code on a receipt leads somewhere from home too. What was written
-- and who wrote it are sealed in the message that is kept; `due_ms` is until when the first answer is promised.
CREATE TABLE complaint (
    complaint_id {text} PRIMARY KEY,
    device {text} NOT NULL,
    kind {text} NOT NULL,
    topic {text} NOT NULL,
    state {text} NOT NULL,
    filed_ms {int} NOT NULL,
    changed_ms {int} NOT NULL,
    due_ms {int} NOT NULL,
    answered_ms {int},
    track_hash {text},
    seq {int} NOT NULL
) {strict};
CREATE INDEX complaint_by_track ON complaint (track_hash);
