-- What kiosks are told besides answers to alerts. Those stay in `down`, which is read many times a second and must not
-- grow with what a kiosk that is offline for a month has still to hear.

ALTER TABLE device ADD COLUMN message_number {int} NOT NULL DEFAULT 0;

CREATE TABLE message (
    device {text} NOT NULL,
    number {int} NOT NULL,
    kind {text} NOT NULL,
    body {blob} NOT NULL,
    created_ms {int} NOT NULL,
    applied_ms {int},
    PRIMARY KEY (device, number)
) {strict};
CREATE INDEX message_pending ON message (device, number) WHERE applied_ms IS NULL;
CREATE INDEX message_fresh ON message (created_ms) WHERE applied_ms IS NULL;

CREATE TABLE command (
    id {text} PRIMARY KEY,
    device {text} NOT NULL,
    number {int} NOT NULL,
    name {text} NOT NULL,
    arguments {text} NOT NULL,
    officer {text} NOT NULL,
    created_ms {int} NOT NULL,
    expires_ms {int} NOT NULL,
    finished_ms {int},
    ok {bool},
    result {text},
    why {text}
) {strict};
CREATE INDEX command_by_device ON command (device, number);

CREATE TABLE document (
    name {text} NOT NULL,
    version {int} NOT NULL,
    sha256 {text} NOT NULL,
    size_bytes {int} NOT NULL,
    body {blob} NOT NULL,
    published_ms {int} NOT NULL,
    officer {text} NOT NULL,
    PRIMARY KEY (name, version),
    UNIQUE (name, sha256)
) {strict};

-- One row: taken first by whoever publishes, so that the numbers in `desired` ascend in the order of their commits.
CREATE TABLE publication (
    id {int} PRIMARY KEY,
    mark {int} NOT NULL
) {strict};

-- The log of what should be in force in each scope; the highest number speaks. `below` names the row that a roll-back
-- returns to; a row without a version leaves its scope to the wider one.
CREATE TABLE desired (
    number {int} PRIMARY KEY,
    scope {text} NOT NULL,
    name {text} NOT NULL,
    version {int},
    below {int},
    officer {text} NOT NULL,
    at_ms {int} NOT NULL
) {strict};
CREATE INDEX desired_by_scope ON desired (scope, name, number);

-- What each kiosk has said to hold, since when: the receipt of a publication. `epoch` and `seq` name the event.
CREATE TABLE device_document (
    device {text} NOT NULL,
    name {text} NOT NULL,
    version {int} NOT NULL,
    digest {text} NOT NULL,
    since_ms {int} NOT NULL,
    epoch {text} NOT NULL,
    seq {int} NOT NULL,
    PRIMARY KEY (device, name)
) {strict};
