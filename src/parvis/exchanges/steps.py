"""The steps of « Nous contacter »: which a draft goes through, what each still lacks, which comes next.

A step with but one possible answer is skipped.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from parvis.access.standing import Standing
from parvis.exchanges.addressees import Addressee
from parvis.exchanges.models import Attachment, Draft, Motif
from parvis.exchanges.motifs import Tree, choices_of, wants_details
from parvis.exchanges.sealed import Content, unseal_content

STEPS = ("theme", "motif", "sous-motif", "aide", "fonds", "precisions", "message", "pieces", "verifier")
# As the list at the top says them: several pages are one step of it.
GROUPS = (
    ("Votre demande", ("theme", "motif", "sous-motif", "aide", "fonds")),
    ("Votre message", ("precisions", "message")),
    ("Vos documents", ("pieces",)),
    ("Vérification", ("verifier",)),
)
LABELS = [label for label, _ in GROUPS]


@dataclass(frozen=True, slots=True)
class Held:
    """A draft with all that its pages show."""

    who: Standing
    tree: Tree
    draft: Draft
    content: Content
    attachments: Sequence[Attachment]

    @property
    def motif(self) -> Motif | None:
        """The motif, as long as it may still be chosen today."""
        return self.tree.motif(self.draft.motif.code) if self.draft.motif else None

    @property
    def choices(self) -> list[Addressee]:
        return choices_of(self.motif, self.who) if self.motif else []

    @property
    def wanted(self) -> list[str]:
        """The steps of this draft, in order."""
        theme, motif = self.draft.theme, self.motif
        skipped = set()
        if theme is not None and len(self.tree.names(theme)) <= 1:
            skipped.add("motif")
        name = self.draft.motif_name
        if theme is not None and name and len(self.tree.leaves(theme, name)) <= 1:
            skipped.add("sous-motif")
        if motif is not None:
            skipped |= set() if motif.articles else {"aide"}
            skipped |= {"fonds"} if len(self.choices) <= 1 else set()
            skipped |= set() if wants_details(motif) else {"precisions"}
        return [step for step in STEPS if step not in skipped]

    def lacks(self, step: str) -> str:
        """What a step still lacks, in a sentence; "" where nothing."""
        draft, motif = self.draft, self.motif
        if step == "theme":
            return (
                "" if draft.theme and draft.theme in self.tree.themes else "Choisissez ce que concerne votre demande."
            )
        if step == "motif":
            return "" if draft.motif_name else "Choisissez un motif."
        if motif is None:
            return "" if step == "aide" else "Choisissez un sous-motif." if step == "sous-motif" else "À compléter."
        if step == "aide":
            return "" if draft.helped else "Lisez si l’un de ces articles répond à votre question."
        if step == "fonds":
            return "" if draft.addressee in [one.code for one in self.choices] else "Choisissez un fonds."
        if step == "precisions":
            return self._lacks_details(motif)
        if step == "message":
            return "" if self.content.text else "Écrivez votre message."
        if step == "pieces":
            missing = self.missing_pieces
            return f"Joignez « {missing[0]} » : ce document est obligatoire pour ce motif." if missing else ""
        return ""

    def _lacks_details(self, motif: Motif) -> str:
        for wanted, given, sentence in (
            (motif.nir, self.content.nir, "Saisissez le NIR de l’agent."),
            (motif.agent_name, self.content.agent_name, "Saisissez le nom de l’agent."),
            (motif.period, self.content.period, "Saisissez la période concernée."),
        ):
            if wanted == Motif.Need.REQUIRED and not given:
                return sentence
        return ""

    @property
    def missing_pieces(self) -> list[str]:
        """The required documents that are not there."""
        there = {one.piece for one in self.attachments}
        pieces = self.motif.pieces if self.motif else []
        return [piece["label"] for piece in pieces if piece["required"] and piece["label"] not in there]

    @property
    def goes_on_at(self) -> str:
        """The first step that lacks something; « verifier » where none does."""
        return next((step for step in self.wanted if self.lacks(step)), "verifier")

    def after(self, step: str) -> str:
        """The step that follows."""
        wanted = self.wanted
        later = [one for one in wanted if STEPS.index(one) > STEPS.index(step)]
        return later[0] if later else "verifier"

    def before(self, step: str) -> str:
        """The step before; "" for the first."""
        earlier = [one for one in self.wanted if STEPS.index(one) < STEPS.index(step) and one != "aide"]
        return earlier[-1] if earlier else ""

    def reachable(self, step: str) -> bool:
        """Whether nothing before the step lacks anything."""
        return step in self.wanted and not any(self.lacks(one) for one in self.wanted[: self.wanted.index(step)])


def number_of(step: str) -> int:
    """Which step of the list at the top a page belongs to, from 1."""
    return next(number for number, (_, pages) in enumerate(GROUPS, start=1) if step in pages)


def held(who: Standing, draft: Draft) -> Held:
    """What the draft's pages show; two statements more."""
    return Held(who, Tree(who), draft, unseal_content(draft.content), list(draft.attachments.order_by("id")))
