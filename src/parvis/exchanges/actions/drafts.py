"""A draft, kept in the database at every step: one page, one act. It is its author's alone."""

import hashlib
import uuid
from dataclasses import replace

from django.conf import settings

from parvis.access.standing import Standing
from parvis.exchanges.models import Attachment, Draft, Motif, Theme
from parvis.exchanges.motifs import Came, Tree, choices_of
from parvis.exchanges.rights import writes
from parvis.exchanges.sealed import Content, seal_content, unseal_content
from parvis.ground import clock, files
from parvis.ground.pages.filters import plural
from parvis.ground.tenancy import Refused, action

PURPOSE = "exchange"
GONE = "Ce brouillon n’existe plus : il est déjà envoyé, ou il a été abandonné."


def kept_files() -> set[str]:
    """The keys of all attachments, for the sweep of files that no row knows (`ground.files`); as the owner."""
    return set(Attachment.objects.values_list("key", flat=True))


def draft_for_update(who: Standing, draft_id: uuid.UUID) -> Draft:
    """The person's own draft, locked. Raises Refused where it is no longer there."""
    mine = Draft.objects.select_for_update(of=("self",)).filter(
        pk=draft_id, person_id=who.person_id, establishment_id=who.establishment_id
    )
    found = mine.first()
    if found is None:
        raise Refused(GONE)
    return found


def _saved(draft: Draft) -> Draft:
    draft.updated_at = clock.now()
    draft.save()
    return draft


def _empty(who: Standing) -> Draft | None:
    """A draft of theirs in which nothing was written yet: it serves again."""
    mine = Draft.objects.select_for_update(of=("self",)).filter(
        person_id=who.person_id, establishment_id=who.establishment_id, content="", attachments=None
    )
    return mine.order_by("-updated_at").first()


@action
def begin(*, who: Standing, theme: str = "", motif: str = "", came: Came) -> Draft:
    """Begin with a theme or a motif of the list. Raises Refused for none, or with too many drafts."""
    writes(who)
    tree = Tree(who)
    leaf, chosen = tree.motif(motif), tree.theme(theme)
    if leaf is None and chosen is None:
        raise Refused("Choisissez ce que concerne votre demande.", field="theme")
    draft = _empty(who)
    if draft is None:
        held = Draft.objects.filter(person_id=who.person_id, establishment_id=who.establishment_id).count()
        if held >= settings.PARVIS_EXCHANGE_DRAFTS:
            raise Refused(
                f"Vous avez déjà {plural(held, 'demande commencée', 'demandes commencées')} : envoyez ou abandonnez "
                "l’une d’elles d’abord."
            )
        now = clock.now()
        draft = Draft(establishment_id=who.establishment_id, person_id=who.person_id, created_at=now, updated_at=now)
    draft.addressee, draft.article = came.fund, came.article
    _towards(tree, draft, leaf.theme if leaf else chosen, leaf)
    return _saved(draft)


def _towards(tree: Tree, draft: Draft, theme: Theme | None, leaf: Motif | None, name: str = "") -> None:
    """Set theme, motif and sub-motif; where there is but one to choose, it is chosen."""
    draft.theme, draft.helped = theme, False
    if theme is not None and leaf is None:
        names = tree.names(theme)
        name = name or (names[0] if len(names) == 1 else "")
        leaves = tree.leaves(theme, name) if name else []
        leaf = leaves[0] if len(leaves) == 1 else None
    draft.motif_name, draft.motif = (leaf.name if leaf else name), leaf
    _addressed(draft, tree.who)


def _addressed(draft: Draft, who: Standing) -> None:
    choices = [one.code for one in choices_of(draft.motif, who)] if draft.motif else []
    if len(choices) == 1:
        draft.addressee = choices[0]
    elif draft.motif is not None and draft.addressee not in choices:
        draft.addressee = ""


@action
def choose_theme(*, who: Standing, draft_id: uuid.UUID, theme: str) -> Draft:
    """Another theme; what was written stays."""
    draft, tree = draft_for_update(who, draft_id), Tree(who)
    chosen = tree.theme(theme)
    if chosen is None:
        raise Refused("Choisissez ce que concerne votre demande.", field="theme")
    if chosen.pk != draft.theme_id:
        _towards(tree, draft, chosen, None)
    return _saved(draft)


@action
def choose_name(*, who: Standing, draft_id: uuid.UUID, name: str) -> Draft:
    """The motif, among those of the theme."""
    draft, tree = draft_for_update(who, draft_id), Tree(who)
    if draft.theme is None or name not in tree.names(draft.theme):
        raise Refused("Choisissez un motif.", field="motif")
    if name != draft.motif_name or draft.motif is None:
        _towards(tree, draft, draft.theme, None, name)
    return _saved(draft)


@action
def choose_motif(*, who: Standing, draft_id: uuid.UUID, code: str) -> Draft:
    """The sub-motif, among those of the motif; or any motif, found by its words."""
    draft, tree = draft_for_update(who, draft_id), Tree(who)
    leaf = tree.motif(code)
    if leaf is None:
        raise Refused("Choisissez un sous-motif.", field="sub_motif")
    if leaf.pk != draft.motif_id:
        _towards(tree, draft, leaf.theme, leaf)
    return _saved(draft)


@action
def note_helped(*, who: Standing, draft_id: uuid.UUID) -> Draft:
    """The articles that might answer were shown, and did not."""
    draft = draft_for_update(who, draft_id)
    draft.helped = True
    return _saved(draft)


@action
def choose_fund(*, who: Standing, draft_id: uuid.UUID, code: str) -> Draft:
    """The fund, among those of the motif with which the establishment has a contract in force."""
    draft = draft_for_update(who, draft_id)
    if draft.motif is None or code not in [one.code for one in choices_of(draft.motif, who)]:
        raise Refused("Choisissez un fonds.", field="fund")
    draft.addressee = code
    return _saved(draft)


@action
def write(*, who: Standing, draft_id: uuid.UUID, **said: str) -> Draft:
    """Keep what was typed: `text`, `nir`, `agent_name`, `period`; validated by `forms`."""
    draft = draft_for_update(who, draft_id)
    draft.content = seal_content(replace(unseal_content(draft.content), **said))
    return _saved(draft)


@action
def attach(*, who: Standing, draft_id: uuid.UUID, document: files.Clean, piece: str) -> Attachment:
    """Keep a file with the draft. Raises Refused beyond `PARVIS_EXCHANGE_FILES`. The same file twice is one."""
    draft = draft_for_update(who, draft_id)
    digest = hashlib.sha256(document.content).hexdigest()
    held = list(draft.attachments.order_by("id"))
    if twin := next((one for one in held if one.sha256 == digest and one.piece == piece), None):
        return twin
    if len(held) >= settings.PARVIS_EXCHANGE_FILES:
        raise Refused(f"Joignez {settings.PARVIS_EXCHANGE_FILES} fichiers au plus.", field="file")
    made = Attachment.objects.create(
        establishment_id=who.establishment_id, draft=draft, piece=piece[:120], **kept(document, digest)
    )
    _saved(draft)
    return made


def kept(document: files.Clean, digest: str = "") -> dict[str, object]:
    """The columns of an attachment for a file, which is now on the disk."""
    return {
        "name": document.name[:120],
        "kind": document.kind,
        "size": len(document.content),
        "sha256": digest or hashlib.sha256(document.content).hexdigest(),
        "key": files.keep(document.content, PURPOSE),
        "added_at": clock.now(),
    }


@action
def detach(*, who: Standing, draft_id: uuid.UUID, number: int) -> None:
    """Take a file away again; one that is not there is no fault."""
    draft = draft_for_update(who, draft_id)
    for one in draft.attachments.filter(pk=number):
        files.erase(one.key)
        one.delete()
    _saved(draft)


@action
def give_up(*, who: Standing, draft_id: uuid.UUID) -> None:
    """Erase the draft with its files."""
    draft = draft_for_update(who, draft_id)
    for one in draft.attachments.all():
        files.erase(one.key)
        one.delete()
    draft.delete()


def content_of(draft: Draft) -> Content:
    """What the draft holds."""
    return unseal_content(draft.content)


def missing_pieces(*, who: Standing, draft_id: uuid.UUID) -> list[str]:
    """The required documents that the draft lacks, as it is now."""
    draft = draft_for_update(who, draft_id)
    there = set(draft.attachments.values_list("piece", flat=True))
    pieces = draft.motif.pieces if draft.motif else []
    return [piece["label"] for piece in pieces if piece["required"] and piece["label"] not in there]
