"""What advisers read of establishments: everything below is of the establishment in scope, and of their funds.

Not shown: what is secret (links' tokens), what was typed and not sent (drafts, imports), and how rights are used.
"""

from django.db import migrations

from parvis.ground.database.policies import OF_FUNDS, of_adviser, shown_to_advisers

# The directory is public (Sirene); what binds an establishment to a fund is the fund's.
DIRECTORY = "current_setting('parvis.funds') <> ''"
SHOWN = [
    *("access_membership", "access_right", "access_link", "access_proposal", "access_factorreset"),
    *("access_delegation", "access_delegationservice", "access_deputyship", "access_absence", "access_handover"),
    *("access_review", "access_reviewline", "access_reviewdecision", "access_suspendedright"),
    *("access_termsacceptance", "access_termsnotice", "access_rightrequest"),
    *("journal_name", "post_message"),
]
# Advisers add their own events, and read those of the establishment.
JOURNAL = [
    "GRANT SELECT, INSERT ON journal_event TO parvis_adviser",
    f"CREATE POLICY adviser ON journal_event TO parvis_adviser USING ({of_adviser('journal_event')}) "
    "WITH CHECK (origin = 'conseiller')",
]


class Migration(migrations.Migration):
    dependencies = [
        ("access", "0020_administers"),
        ("advisers", "0002_policies"),
        ("journal", "0003_retention"),
        ("post", "0001_initial"),
    ]

    operations = [
        shown_to_advisers("establishments_establishment", DIRECTORY),
        shown_to_advisers("establishments_contract", OF_FUNDS),
        *(shown_to_advisers(table) for table in SHOWN),
        migrations.RunSQL(JOURNAL, migrations.RunSQL.noop),
    ]
