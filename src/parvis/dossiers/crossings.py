"""What must cross the policies about dossiers, and what a mistake of the application must not undo.

Each has a test by a stranger. A change here comes with a migration that runs it again.
"""

from parvis.ground.database.policies import crossing

# Rows that name their establishment; internal notes hang on the dossier alone.
_TABLES = ("dossier", "entry", "wanted", "document")

# Whoever writes in a dossier under the establishment's role has, while it is delegated, an account in the organisation
# that has it: whatever a page or an action forgets. Taking it back ends the delegation in the same row.
_MEMBER = """EXISTS (SELECT 1 FROM access_membership m WHERE m.establishment_id = {organisation}
    AND m.person_id = current_setting('parvis.person')::bigint)"""
_REFUSED = """RAISE EXCEPTION 'the dossier is in the hands of a centralisateur' USING ERRCODE = 'check_violation',
    CONSTRAINT = 'dossier_locked_while_delegated'"""

DOSSIERS_CROSSINGS = [
    # How an organisation works, for an establishment that gave it a delegation, and nobody else; NULL: no choice made.
    crossing(
        "dossiers_circuit(organisation bigint)",
        "text",
        """SELECT c.circuit FROM dossiers_organisationcircuit c WHERE c.establishment_id = organisation
        AND EXISTS (SELECT 1 FROM access_delegation d WHERE d.organisation_id = organisation
          AND d.establishment_id = current_setting('parvis.establishment')::bigint AND d.accepted_at IS NOT NULL)""",
        roles="parvis_app",
    ),
    crossing(
        "dossiers_lock_dossier()",
        "trigger",
        f"""BEGIN
          IF current_setting('role') = 'parvis_app' AND OLD.organisation_id IS NOT NULL
              AND NEW.organisation_id IS NOT NULL AND NEW.version <> OLD.version
              AND NOT {_MEMBER.format(organisation="OLD.organisation_id")} THEN
            {_REFUSED};
          END IF;
          RETURN NEW;
        END""",
        roles="parvis_app",
        language="plpgsql",
    ),
    crossing(
        "dossiers_lock_document()",
        "trigger",
        f"""DECLARE one bigint := CASE WHEN TG_OP = 'DELETE' THEN OLD.dossier_id ELSE NEW.dossier_id END; held bigint;
        BEGIN
          SELECT d.organisation_id INTO held FROM dossiers_dossier d WHERE d.id = one;
          IF current_setting('role') = 'parvis_app' AND held IS NOT NULL
              AND NOT {_MEMBER.format(organisation="held")} THEN
            {_REFUSED};
          END IF;
          RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
        END""",
        roles="parvis_app",
        language="plpgsql",
    ),
    # Only of an establishment whose place the one in scope has taken; how many dossiers came.
    crossing(
        "dossiers_succeed(old bigint)",
        "bigint",
        f"""DECLARE came bigint; here bigint := current_setting('parvis.establishment')::bigint;
        BEGIN
          IF NOT EXISTS (SELECT 1 FROM establishments_succession s WHERE s.predecessor_id = old
              AND s.successor_id = here AND s.done_at IS NOT NULL) THEN
            RAISE EXCEPTION 'no such succession' USING ERRCODE = 'insufficient_privilege';
          END IF;
          SELECT count(*) INTO came FROM dossiers_dossier x WHERE x.establishment_id = old;
          -- What the predecessor delegated was its own to delegate: it comes back.
          UPDATE dossiers_dossier SET organisation_id = NULL, organisation_name = '', circuit = '', delegated_at = NULL,
            worked_by = NULL, worked_by_name = '',
            state = CASE WHEN due_on IS NULL THEN 'employer' ELSE 'asked' END
            WHERE establishment_id = old AND organisation_id IS NOT NULL;
          {
            " ".join(
                f"UPDATE dossiers_{name} SET establishment_id = here WHERE establishment_id = old;" for name in _TABLES
            )
        }
          RETURN came;
        END""",
        roles="parvis_app",
        language="plpgsql",
    ),
]

TRIGGERS = [
    "CREATE TRIGGER dossiers_lock BEFORE UPDATE ON dossiers_dossier "
    "FOR EACH ROW EXECUTE FUNCTION dossiers_lock_dossier()",
    "CREATE TRIGGER dossiers_lock BEFORE INSERT OR UPDATE OF piece, label, name, key, sha256, replaced_at OR DELETE "
    "ON dossiers_document FOR EACH ROW EXECUTE FUNCTION dossiers_lock_document()",
]
