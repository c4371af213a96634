"""The tables of what kiosks are told, as peewee models; private to this folder like those of `models`."""

from __future__ import annotations

import peewee


class MessageRow(peewee.Model):
    device = peewee.TextField()
    number = peewee.BigIntegerField()
    kind = peewee.TextField()
    body = peewee.BlobField()
    created_ms = peewee.BigIntegerField()
    applied_ms = peewee.BigIntegerField(null=True)

    class Meta:
        table_name = "message"
        primary_key = peewee.CompositeKey("device", "number")


class MessageCounter(peewee.Model):
    """The one column of `device` that numbers its messages."""

    device_id = peewee.TextField(primary_key=True)
    message_number = peewee.BigIntegerField()

    class Meta:
        table_name = "device"


class CommandRow(peewee.Model):
    id = peewee.TextField(primary_key=True)
    device = peewee.TextField()
    number = peewee.BigIntegerField()
    name = peewee.TextField()
    arguments = peewee.TextField()
    officer = peewee.TextField()
    created_ms = peewee.BigIntegerField()
    expires_ms = peewee.BigIntegerField()
    finished_ms = peewee.BigIntegerField(null=True)
    ok = peewee.BooleanField(null=True)
    result = peewee.TextField(null=True)
    why = peewee.TextField(null=True)

    class Meta:
        table_name = "command"


class DocumentRow(peewee.Model):
    name = peewee.TextField()
    version = peewee.BigIntegerField()
    sha256 = peewee.TextField()
    size_bytes = peewee.BigIntegerField()
    body = peewee.BlobField()
    published_ms = peewee.BigIntegerField()
    officer = peewee.TextField()

    class Meta:
        table_name = "document"
        primary_key = peewee.CompositeKey("name", "version")


class Publication(peewee.Model):
    id = peewee.BigIntegerField(primary_key=True)
    mark = peewee.BigIntegerField()


class DesiredRow(peewee.Model):
    number = peewee.BigIntegerField(primary_key=True)
    scope = peewee.TextField()
    name = peewee.TextField()
    version = peewee.BigIntegerField(null=True)
    below = peewee.BigIntegerField(null=True)
    officer = peewee.TextField()
    at_ms = peewee.BigIntegerField()

    class Meta:
        table_name = "desired"


class DeviceDocument(peewee.Model):
    device = peewee.TextField()
    name = peewee.TextField()
    version = peewee.BigIntegerField()
    digest = peewee.TextField()
    since_ms = peewee.BigIntegerField()
    epoch = peewee.TextField()
    seq = peewee.BigIntegerField()

    class Meta:
        table_name = "device_document"
        primary_key = peewee.CompositeKey("device", "name")
