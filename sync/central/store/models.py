"""The tables as peewee models; private to this folder and bound to no database (see `database`).

Only what queries need is declared here: types, keys and defaults are the migrations' business.
"""

from __future__ import annotations

import peewee


class Site(peewee.Model):
    code = peewee.TextField(primary_key=True)
    name = peewee.TextField()
    address = peewee.TextField()
    latitude = peewee.DoubleField(null=True)
    longitude = peewee.DoubleField(null=True)
    contact = peewee.TextField()
    utc_offset_h = peewee.IntegerField()


class Device(peewee.Model):
    device_id = peewee.TextField(primary_key=True)
    site_code = peewee.TextField()
    public_key = peewee.BlobField()
    enrolled_ms = peewee.BigIntegerField()
    last_contact_ms = peewee.BigIntegerField(null=True)
    presence = peewee.TextField(null=True)
    presence_boot = peewee.TextField(null=True)
    presence_connection = peewee.BigIntegerField(null=True)
    business_day = peewee.TextField(null=True)
    tested_ms = peewee.BigIntegerField(null=True)
    down_number = peewee.BigIntegerField()


class Stream(peewee.Model):
    device = peewee.TextField()
    epoch = peewee.TextField()
    lane = peewee.TextField()
    committed_through = peewee.BigIntegerField()
    head_hash = peewee.BlobField()
    dropped = peewee.BigIntegerField()

    class Meta:
        primary_key = peewee.CompositeKey("device", "epoch", "lane")


class AlertRow(peewee.Model):
    alert_id = peewee.TextField(primary_key=True)
    device = peewee.TextField()
    code = peewee.TextField()
    source = peewee.TextField()
    nonce = peewee.TextField()
    presses = peewee.BigIntegerField()
    drill = peewee.BooleanField()
    state = peewee.TextField()
    evidence = peewee.BigIntegerField()
    raised_ms = peewee.BigIntegerField()
    raised_synchronised = peewee.BooleanField()
    received_ms = peewee.BigIntegerField()
    cancelled_ms = peewee.BigIntegerField(null=True)
    officer = peewee.TextField(null=True)
    acknowledged_ms = peewee.BigIntegerField(null=True)
    shown_ms = peewee.BigIntegerField(null=True)
    unit = peewee.TextField(null=True)
    minutes = peewee.BigIntegerField(null=True)
    dispatched_ms = peewee.BigIntegerField(null=True)
    arrived_ms = peewee.BigIntegerField(null=True)
    closed_ms = peewee.BigIntegerField(null=True)
    close_reason = peewee.TextField(null=True)
    raised_boot = peewee.TextField(null=True)
    raised_mono_ms = peewee.BigIntegerField(null=True)

    class Meta:
        table_name = "alert"


class AlertStepRow(peewee.Model):
    number = peewee.BigIntegerField(primary_key=True)
    step_key = peewee.TextField()
    alert_id = peewee.TextField()
    at_ms = peewee.BigIntegerField()
    action = peewee.TextField()
    state = peewee.TextField()
    evidence = peewee.BigIntegerField()
    path = peewee.TextField()
    actor = peewee.TextField()
    detail = peewee.TextField()

    class Meta:
        table_name = "alert_step"


class TicketRow(peewee.Model):
    ticket_id = peewee.TextField(primary_key=True)
    device = peewee.TextField()
    day = peewee.TextField()
    series = peewee.TextField()
    ordinal = peewee.BigIntegerField()
    number = peewee.TextField()
    service = peewee.TextField()
    state = peewee.TextField()
    counter = peewee.BigIntegerField(null=True)
    issued_ms = peewee.BigIntegerField()
    changed_ms = peewee.BigIntegerField()
    track_hash = peewee.TextField(null=True)
    seq = peewee.BigIntegerField()

    class Meta:
        table_name = "ticket"


class RequestRow(peewee.Model):
    request_id = peewee.TextField(primary_key=True)
    device = peewee.TextField()
    service = peewee.TextField()
    state = peewee.TextField()
    submitted_ms = peewee.BigIntegerField()
    changed_ms = peewee.BigIntegerField()
    track_hash = peewee.TextField(null=True)
    seq = peewee.BigIntegerField()

    class Meta:
        table_name = "request"


class ComplaintRow(peewee.Model):
    complaint_id = peewee.TextField(primary_key=True)
    device = peewee.TextField()
    kind = peewee.TextField()
    topic = peewee.TextField()
    state = peewee.TextField()
    filed_ms = peewee.BigIntegerField()
    changed_ms = peewee.BigIntegerField()
    due_ms = peewee.BigIntegerField()
    answered_ms = peewee.BigIntegerField(null=True)
    track_hash = peewee.TextField(null=True)
    seq = peewee.BigIntegerField()

    class Meta:
        table_name = "complaint"


class DeviceReport(peewee.Model):
    device = peewee.TextField()
    kind = peewee.TextField()
    at_ms = peewee.BigIntegerField()
    received_ms = peewee.BigIntegerField()
    body = peewee.TextField()

    class Meta:
        table_name = "device_report"
        primary_key = peewee.CompositeKey("device", "kind")


class DownRow(peewee.Model):
    device = peewee.TextField()
    number = peewee.BigIntegerField()
    kind = peewee.TextField()
    body = peewee.BlobField()
    created_ms = peewee.BigIntegerField()
    applied_ms = peewee.BigIntegerField(null=True)

    class Meta:
        table_name = "down"
        primary_key = peewee.CompositeKey("device", "number")


class Quarantine(peewee.Model):
    number = peewee.BigIntegerField(primary_key=True)
    device = peewee.TextField(null=True)
    topic = peewee.TextField()
    reason = peewee.TextField()
    data = peewee.BlobField()
    at_ms = peewee.BigIntegerField()


class SecurityEvent(peewee.Model):
    number = peewee.BigIntegerField(primary_key=True)
    reason = peewee.TextField()
    device = peewee.TextField()
    epoch = peewee.TextField()
    lane = peewee.TextField()
    seq = peewee.BigIntegerField()
    kind = peewee.TextField()
    body = peewee.BlobField()
    hash = peewee.BlobField()
    at_ms = peewee.BigIntegerField()

    class Meta:
        table_name = "security_event"


class Officer(peewee.Model):
    name = peewee.TextField(primary_key=True)
    post = peewee.TextField()
    password_hash = peewee.TextField()
    created_ms = peewee.BigIntegerField()
    failures = peewee.BigIntegerField(default=0)
    locked_until_ms = peewee.BigIntegerField(default=0)


class SessionRow(peewee.Model):
    token_hash = peewee.TextField(primary_key=True)
    officer = peewee.TextField()
    csrf = peewee.TextField()
    created_ms = peewee.BigIntegerField()
    expires_ms = peewee.BigIntegerField()

    class Meta:
        table_name = "session"


class ApiToken(peewee.Model):
    token_hash = peewee.TextField(primary_key=True)
    label = peewee.TextField()
    created_ms = peewee.BigIntegerField()
    revoked_ms = peewee.BigIntegerField(null=True)

    class Meta:
        table_name = "api_token"


class Audit(peewee.Model):
    number = peewee.BigIntegerField(primary_key=True)
    at_ms = peewee.BigIntegerField()
    actor = peewee.TextField()
    action = peewee.TextField()
    thing = peewee.TextField()
    detail = peewee.TextField()


class Change(peewee.Model):
    slot = peewee.BigIntegerField(primary_key=True)
    mark = peewee.BigIntegerField()
