-- What a step proved on its own path, beside what the alert as a whole had proven by then; and in which boot.
ALTER TABLE alert_step ADD COLUMN boot TEXT NOT NULL DEFAULT '';
ALTER TABLE alert_step ADD COLUMN level INTEGER NOT NULL DEFAULT 0;
UPDATE alert_step SET level = evidence WHERE action NOT IN ('cancel', 'time-out');

-- What an alert's ladder has begun: written before it is done, so that nothing is begun twice or forgotten.
CREATE TABLE alert_action (
    alert_id TEXT NOT NULL,
    key TEXT NOT NULL,
    place INTEGER NOT NULL,
    boot TEXT NOT NULL,
    mono_ms INTEGER NOT NULL,
    attempts INTEGER NOT NULL DEFAULT 0,
    tried_boot TEXT NOT NULL DEFAULT '',
    tried_mono_ms INTEGER NOT NULL DEFAULT 0,
    level INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (alert_id, key)
) WITHOUT ROWID;

-- When the daily test was last begun and the weekly drill last answered.
CREATE TABLE exercise (
    name TEXT PRIMARY KEY,
    wall_ms INTEGER NOT NULL,
    synchronised INTEGER NOT NULL,
    boot TEXT NOT NULL,
    mono_ms INTEGER NOT NULL
) WITHOUT ROWID;
