"""The tables of the record. Rows are written by ``ledger_write`` in the database alone, and stay as they are."""

from django.db import models

from ledger.fields import HouseNow, TransactionIdField

ALARMS = ("gatecheck_differs", "log_stalled", "witness_refused", "witnesses_silent")  # of which auditors are told


class Kind(models.Model):
    """A kind of entry. ``function_only`` kinds are written by the database functions that do the thing itself."""

    kind = models.TextField(primary_key=True)
    function_only = models.BooleanField()
    meaning = models.TextField()


class Entry(models.Model):
    """One thing that happened: the exact bytes that were hashed, and their RFC 6962 leaf hash."""

    seq = models.BigAutoField(primary_key=True)
    xid = TransactionIdField()
    at = models.DateTimeField(db_default=HouseNow())
    kind = models.ForeignKey(Kind, models.PROTECT, related_name="+", db_column="kind", db_index=False)
    subject = models.TextField()
    body = models.BinaryField()
    leaf = models.BinaryField()

    class Meta:
        indexes = [
            models.Index(fields=["subject", "seq"], name="entries_of_one_subject"),
            models.Index(fields=["xid", "seq"], name="the_sequencers_cursor"),
            models.Index(fields=["at"], condition=models.Q(kind__in=ALARMS), name="alarms_for_auditors"),
        ]


class Clock(models.Model):
    """How far the house clock stands from the wall clock: one row, moved by the owner alone, zero in production."""

    only = models.BooleanField(primary_key=True, default=True)
    ahead_by = models.DurationField()

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(only=True), name="there_is_one_clock")]


class LogKey(models.Model):
    """A key with which the house signs: of its log, of its bundles, or of its certificates. The private half lies in the keystore."""

    what = models.TextField(primary_key=True)
    key_id = models.TextField()
    vkey = models.TextField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(what__in=("log", "bundles", "certificates")), name="a_key_signs_the_log_bundles_or_certificates"
            )
        ]


class Leaf(models.Model):
    """The place of an entry in the log."""

    index = models.BigIntegerField(primary_key=True)
    entry = models.OneToOneField(Entry, models.PROTECT, related_name="+")


class Tile(models.Model):
    """256 hashes of one level, and the root over them. Only full tiles are kept; a partial one is read from what is below it."""

    level = models.SmallIntegerField()
    number = models.BigIntegerField()
    hashes = models.BinaryField()
    root = models.BinaryField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["level", "number"], name="a_tile_is_written_once")]


class Checkpoint(models.Model):
    """What the log signed of itself: at this size it had this root."""

    size = models.BigIntegerField(primary_key=True)
    root = models.BinaryField()
    note = models.TextField()
    at = models.DateTimeField(db_default=HouseNow())


class WitnessPolicy(models.Model):
    """Who has to see the log: how many of which witnesses, and how long they may be silent. The newest one is in force."""

    entry = models.OneToOneField(Entry, models.PROTECT, related_name="+")
    text = models.TextField()
    quorum = models.SmallIntegerField()
    silence = models.DurationField()
    timestamps = models.TextField(blank=True)
    at = models.DateTimeField(db_default=HouseNow())


class Witness(models.Model):
    """A witness of a policy: its key, its name within it, and where it is asked."""

    policy = models.ForeignKey(WitnessPolicy, models.PROTECT, related_name="+")
    vkey = models.TextField()
    address = models.TextField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["policy", "vkey"], name="a_policy_names_a_witness_once")]


class Cosignature(models.Model):
    """What a witness answered to a checkpoint: its signature line, which holds the witness's time."""

    checkpoint = models.ForeignKey(Checkpoint, models.PROTECT, related_name="+")
    vkey = models.TextField()
    line = models.TextField()
    at = models.DateTimeField(db_default=HouseNow())

    class Meta:
        constraints = [models.UniqueConstraint(fields=["vkey", "checkpoint"], name="a_witness_cosigns_a_checkpoint_once")]


class Witnessed(models.Model):
    """A checkpoint that as many witnesses cosigned as the policy demands, in the order in which that came about."""

    checkpoint = models.ForeignKey(Checkpoint, models.PROTECT, related_name="+")
    policy = models.ForeignKey(WitnessPolicy, models.PROTECT, related_name="+")
    at = models.DateTimeField(db_default=HouseNow())

    class Meta:
        constraints = [models.UniqueConstraint(fields=["policy", "checkpoint"], name="a_checkpoint_is_witnessed_once")]


class Timestamp(models.Model):
    """What a timestamp authority answered to a checkpoint (RFC 3161), in its exact bytes."""

    checkpoint = models.OneToOneField(Checkpoint, models.PROTECT, related_name="+")
    token = models.BinaryField()
    at = models.DateTimeField(db_default=HouseNow())
