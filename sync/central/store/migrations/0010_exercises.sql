-- When the daily test of each kiosk last reached this database (`alarm.test`), by a clock that can be believed.
ALTER TABLE device ADD COLUMN tested_ms {int};
-- The last answered drill of a kiosk is found in its alerts.
CREATE INDEX alert_drill ON alert (device, acknowledged_ms) WHERE drill;
