-- Written once for both databases; migrate.py puts the type names in: {int} {real} {text} {blob} {bool} {serial} {strict}.
-- No foreign keys into the bulk tables: their rows are only written beside the row they name, in one transaction.

CREATE TABLE site (
    code {text} PRIMARY KEY,
    name {text} NOT NULL,
    address {text} NOT NULL,
    latitude {real},
    longitude {real},
    contact {text} NOT NULL,
    utc_offset_h {int} NOT NULL
) {strict};

CREATE TABLE device (
    device_id {text} PRIMARY KEY,
    site_code {text} NOT NULL REFERENCES site (code),
    public_key {blob} NOT NULL,
    enrolled_ms {int} NOT NULL,
    last_contact_ms {int},
    presence {text},
    business_day {text},
    down_number {int} NOT NULL DEFAULT 0
) {strict};
CREATE INDEX device_by_site ON device (site_code);

-- `arrival` orders events for readers; an event is identified by its key alone.
CREATE TABLE event (
    arrival {serial},
    device {text} NOT NULL,
    epoch {text} NOT NULL,
    lane {text} NOT NULL,
    seq {int} NOT NULL,
    kind {text} NOT NULL,
    wall_ms {int} NOT NULL,
    synchronised {bool} NOT NULL,
    boot {text} NOT NULL,
    mono_ms {int} NOT NULL,
    body {blob} NOT NULL,
    hash {blob} NOT NULL,
    received_ms {int} NOT NULL,
    UNIQUE (device, epoch, lane, seq)
) {strict};

CREATE TABLE stream (
    device {text} NOT NULL,
    epoch {text} NOT NULL,
    lane {text} NOT NULL,
    committed_through {int} NOT NULL,
    head_hash {blob} NOT NULL,
    PRIMARY KEY (device, epoch, lane)
) {strict};

CREATE TABLE alert (
    alert_id {text} PRIMARY KEY,
    device {text} NOT NULL,
    code {text} NOT NULL,
    source {text} NOT NULL,
    nonce {text} NOT NULL,
    presses {int} NOT NULL,
    drill {bool} NOT NULL,
    state {text} NOT NULL,
    evidence {int} NOT NULL,
    raised_ms {int} NOT NULL,
    raised_synchronised {bool} NOT NULL,
    received_ms {int} NOT NULL,
    cancelled_ms {int},
    officer {text},
    acknowledged_ms {int},
    shown_ms {int},
    unit {text},
    minutes {int},
    dispatched_ms {int},
    arrived_ms {int},
    closed_ms {int},
    close_reason {text}
) {strict};
CREATE INDEX alert_open ON alert (received_ms) WHERE closed_ms IS NULL;
CREATE INDEX alert_by_time ON alert (received_ms, alert_id);

-- `step_key` names the event or the answer that the step came from, so that a step is never written twice.
CREATE TABLE alert_step (
    number {serial},
    step_key {text} NOT NULL UNIQUE,
    alert_id {text} NOT NULL,
    at_ms {int} NOT NULL,
    action {text} NOT NULL,
    state {text} NOT NULL,
    evidence {int} NOT NULL,
    path {text} NOT NULL,
    actor {text} NOT NULL,
    detail {text} NOT NULL
) {strict};
CREATE INDEX alert_step_by_alert ON alert_step (alert_id, number);

CREATE TABLE ticket (
    ticket_id {text} PRIMARY KEY,
    device {text} NOT NULL,
    day {text} NOT NULL,
    series {text} NOT NULL,
    ordinal {int} NOT NULL,
    number {text} NOT NULL,
    service {text} NOT NULL,
    state {text} NOT NULL,
    counter {int},
    issued_ms {int} NOT NULL,
    changed_ms {int} NOT NULL,
    track_hash {text},
    seq {int} NOT NULL
) {strict};
CREATE INDEX ticket_by_track ON ticket (track_hash);
CREATE INDEX ticket_by_day ON ticket (device, day, series, ordinal);

CREATE TABLE request (
    request_id {text} PRIMARY KEY,
    device {text} NOT NULL,
    service {text} NOT NULL,
    state {text} NOT NULL,
    submitted_ms {int} NOT NULL,
    changed_ms {int} NOT NULL,
    track_hash {text},
    seq {int} NOT NULL
) {strict};
CREATE INDEX request_by_track ON request (track_hash);

-- The latest word of a device on one thing: its heartbeat, its printer, its button box.
CREATE TABLE device_report (
    device {text} NOT NULL,
    kind {text} NOT NULL,
    at_ms {int} NOT NULL,
    received_ms {int} NOT NULL,
    body {text} NOT NULL,
    PRIMARY KEY (device, kind)
) {strict};

CREATE TABLE down (
    device {text} NOT NULL,
    number {int} NOT NULL,
    kind {text} NOT NULL,
    body {blob} NOT NULL,
    created_ms {int} NOT NULL,
    applied_ms {int},
    PRIMARY KEY (device, number)
) {strict};
CREATE INDEX down_pending ON down (device, number) WHERE applied_ms IS NULL;

CREATE TABLE quarantine (
    number {serial},
    device {text},
    topic {text} NOT NULL,
    reason {text} NOT NULL,
    data {blob} NOT NULL,
    at_ms {int} NOT NULL
) {strict};

-- Two histories under one key (a cloned card, a restored copy) or a hash that does not follow: both contents are kept.
CREATE TABLE security_event (
    number {serial},
    reason {text} NOT NULL,
    device {text} NOT NULL,
    epoch {text} NOT NULL,
    lane {text} NOT NULL,
    seq {int} NOT NULL,
    kind {text} NOT NULL,
    body {blob} NOT NULL,
    hash {blob} NOT NULL,
    at_ms {int} NOT NULL,
    UNIQUE (reason, device, epoch, lane, seq, hash)
) {strict};

CREATE TABLE officer (
    name {text} PRIMARY KEY,
    post {text} NOT NULL,
    password_hash {text} NOT NULL,
    created_ms {int} NOT NULL,
    failures {int} NOT NULL DEFAULT 0,
    locked_until_ms {int} NOT NULL DEFAULT 0
) {strict};

CREATE TABLE session (
    token_hash {text} PRIMARY KEY,
    officer {text} NOT NULL,
    csrf {text} NOT NULL,
    created_ms {int} NOT NULL,
    expires_ms {int} NOT NULL
) {strict};

CREATE TABLE api_token (
    token_hash {text} PRIMARY KEY,
    label {text} NOT NULL,
    created_ms {int} NOT NULL,
    revoked_ms {int}
) {strict};

CREATE TABLE audit (
    number {serial},
    at_ms {int} NOT NULL,
    actor {text} NOT NULL,
    action {text} NOT NULL,
    thing {text} NOT NULL,
    detail {text} NOT NULL
) {strict};

-- 64 counters, one per shard of devices, so that workers of different shards never wait for one row. Their sum only rises.
CREATE TABLE change (
    slot {int} PRIMARY KEY,
    mark {int} NOT NULL
) {strict};
