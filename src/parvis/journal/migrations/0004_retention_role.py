"""What the retention job may erase, over all tables that stand when it is given its role; see `ground/retention.py`."""

from django.db import migrations, models

from parvis.ground.database.policies import erasable

# It reads how old a row is, never what it says; of journal_name it asks whether there still is a name.
ROWS = {
    "post_message": "id, settled_at",
    "post_expense": "id, day",
    "identity_email": "id, verified_at, replaces_id",
    "identity_coordinatechange": "id, confirmed_at, cancelled_at, expires_at",
    "identity_changetoken": "change_id",
    "identity_link": "id, email_id, used_at, superseded_at, expires_at",
    "identity_linktoken": "hash, link_id",
    "identity_code": "id, expires_at",
    "identity_callcode": "id, expires_at",
    "identity_browser": "id, last_seen_at",
    "identity_counter": "key, changed_at, blocked",
    "identity_rate": 'id, "window"',
    "identity_spent": "hash, until",
    "advisers_sensitiveact": "id, decided_at, opened_by_id, decided_by_id",
    "advisers_sensitiveedit": "act_id",
    "access_link": "id, used_at, superseded_at, killed_at, expires_at",
    "access_linktoken": "hash, link_id",
    "access_expirywarning": "id, sent_at",
    "access_rightrequest": "id, closed_at",
    "access_import": "id, expires_at",
    "access_absence": "id, ended_at, ends_on",
    "access_absenceright": "absence_id",
    "access_handover": "id, done_at, cancelled_at, failed_at",
    "access_deputyship": "id, closed_at",
    "access_factorreset": "id, effective_at",
    "access_factorresettoken": "reset_id",
    "access_review": "id, closed_at",
    "access_suspendedright": "review_id",
    "access_reviewdecision": "review_id",
    "access_reviewline": "review_id",
    "access_delegation": "id, ends_on, refused_at, withdrawn_at, lapsed_at, replaced_at, ended_at, replaces_id",
    "access_delegationservice": "delegation_id",
    "access_delegationdocument": "delegation_id",
    "access_delegationbatch": "id, confirmed_at, updated_at",
    "access_delegatevisit": "id, last_at",
    "service_establishment_declaration": "id, establishment_id, block, year, version, declared_at",
    **{
        f"service_establishment_{block}": "declaration_id"
        for block in ("coordinates", "representative", "payer", "headcount", "contribution")
    },
    "service_correspondents_correspondent": "id, ends_on",
}
BLANKED = {
    "advisers_adviser": ("id, closed_at, last_name", "first_name, last_name"),
    "access_termsacceptance": ("id, accepted_at, name", "name"),
}
# A session has no policy: the secret key of the row is the right to it.
SESSIONS = "GRANT SELECT (session_key, expire_date), DELETE ON identity_session TO parvis_retention"
# It may say what it did, and nothing else.
JOURNAL = [
    "GRANT INSERT ON journal_event TO parvis_retention",
    "DROP POLICY retention ON journal_event",
    "CREATE POLICY retention ON journal_event TO parvis_retention USING (true) "
    "WITH CHECK (kind = 'retention.carried_out' AND establishment_id IS NULL AND person_id IS NULL AND actor IS NULL)",
]


class Migration(migrations.Migration):
    dependencies = [
        ("journal", "0003_retention"),
        ("post", "0003_telephone"),
        ("identity", "0009_recovery_selector"),
        ("advisers", "0002_policies"),
        ("access", "0020_administers"),
        ("service_establishment", "0002_policies"),
        ("service_correspondents", "0002_policies"),
    ]

    operations = [
        # Events whose time is over are looked for by type.
        migrations.AddIndex(model_name="event", index=models.Index(fields=["kind", "at"], name="journal_event_kind")),
        *(erasable(table, reads=reads) for table, reads in ROWS.items()),
        *(erasable(table, reads=reads, blanks=blanks) for table, (reads, blanks) in BLANKED.items()),
        migrations.RunSQL(SESSIONS, migrations.RunSQL.noop),
        migrations.RunSQL(JOURNAL, migrations.RunSQL.noop),
    ]
