"""What each page of a draft does with what is sent: read, call one action, say what is wrong."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile

from parvis.access.rules import MemberRequest
from parvis.exchanges.actions import drafts, sending
from parvis.exchanges.addressees import short
from parvis.exchanges.forms import ChoiceForm, DetailsForm, MessageForm
from parvis.exchanges.steps import Held
from parvis.ground import files
from parvis.ground.pages.kept import kept
from parvis.ground.tenancy import Refused
from parvis.ground.uploads import too_large
from parvis.identity.forms import PlainForm
from parvis.regulations.identifiers.persons import nir_masked

OTHER = "Autre document"


@dataclass
class Answer:
    """What a page has to show, and whether it is shown again."""

    context: dict[str, Any] = field(default_factory=dict)
    problems: list[tuple[str, str]] = field(default_factory=list)
    stays: bool = False
    reference: str = ""

    @property
    def field_refused(self) -> bool:
        return bool(self.problems)


def _with_form(request: MemberRequest, form: PlainForm, act: Callable[[dict[str, Any]], Any], **more: Any) -> Answer:
    if request.method == "POST" and form.is_valid():
        try:
            act(form.cleaned_data)
        except Refused as refusal:
            form.add_error(refusal.field if refusal.field in form.fields else None, refusal.message)
    return Answer({"form": form, **more}, form.problems if form.is_bound and request.method == "POST" else [])


def _data(request: MemberRequest) -> Any:
    return request.POST if request.method == "POST" else kept(request)


def _theme(request: MemberRequest, whole: Held) -> Answer:
    form = ChoiceForm(
        _data(request),
        name="theme",
        label="Que concerne votre demande ?",
        choices=[(one.code, one.name) for one in whole.tree.themes],
        missing="Choisissez ce que concerne votre demande.",
        initial={"theme": whole.draft.theme.code if whole.draft.theme else ""},
    )
    hints = {one.code: one.sentence for one in whole.tree.themes}
    return _with_form(
        request,
        form,
        lambda data: drafts.choose_theme(who=whole.who, draft_id=whole.draft.pk, theme=data["theme"]),
        bound=form["theme"],
        hints=hints,
    )


def _name(request: MemberRequest, whole: Held) -> Answer:
    names = whole.tree.names(whole.draft.theme) if whole.draft.theme else []
    form = ChoiceForm(
        _data(request),
        name="motif",
        label="Quel est le motif ?",
        choices=[(name, name) for name in names],
        missing="Choisissez un motif.",
        initial={"motif": whole.draft.motif_name},
    )
    return _with_form(
        request,
        form,
        lambda data: drafts.choose_name(who=whole.who, draft_id=whole.draft.pk, name=data["motif"]),
        bound=form["motif"],
        hints={},
    )


def _leaf(request: MemberRequest, whole: Held) -> Answer:
    leaves = whole.tree.leaves(whole.draft.theme, whole.draft.motif_name) if whole.draft.theme else []
    form = ChoiceForm(
        _data(request),
        name="sub_motif",
        label=f"{whole.draft.motif_name} : de quoi s’agit-il ?",
        choices=[(one.code, one.sub_name) for one in leaves],
        missing="Choisissez un sous-motif.",
        initial={"sub_motif": whole.draft.motif.code if whole.draft.motif else ""},
    )
    return _with_form(
        request,
        form,
        lambda data: drafts.choose_motif(who=whole.who, draft_id=whole.draft.pk, code=data["sub_motif"]),
        bound=form["sub_motif"],
        hints={},
    )


def _help(request: MemberRequest, whole: Held) -> Answer:
    if request.method == "POST":
        drafts.note_helped(who=whole.who, draft_id=whole.draft.pk)
    return Answer()


def _fund(request: MemberRequest, whole: Held) -> Answer:
    motif, choices = whole.motif, whole.choices
    form = ChoiceForm(
        _data(request),
        name="fund",
        label=motif.fund_question if motif else "",
        choices=[(one.code, one.short) for one in choices],
        missing="Choisissez un fonds.",
        initial={"fund": whole.draft.addressee},
    )
    return _with_form(
        request,
        form,
        lambda data: drafts.choose_fund(who=whole.who, draft_id=whole.draft.pk, code=data["fund"]),
        bound=form["fund"],
        hints={one.code: one.name for one in choices},
    )


def _details(request: MemberRequest, whole: Held) -> Answer:
    content, data = whole.content, _data(request)
    if request.method == "POST" and content.nir and not request.POST.get("nir", "").strip():
        # The page shows it masked: a field left empty keeps the one that is there.
        data = request.POST.copy()
        data["nir"] = content.nir
    assert whole.motif is not None
    form = DetailsForm(data, motif=whole.motif, initial={"agent_name": content.agent_name, "period": content.period})

    def act(said: dict[str, str]) -> None:
        drafts.write(who=whole.who, draft_id=whole.draft.pk, **said)

    answer = _with_form(request, form, act, nir=nir_masked(content.nir))
    if data is not request.POST and request.method == "POST":
        # Another field is wrong: the one that was kept does not come back whole.
        data["nir"] = ""
    return answer


def _message(request: MemberRequest, whole: Held) -> Answer:
    form = MessageForm(_data(request), initial={"text": whole.content.text})
    return _with_form(
        request, form, lambda data: drafts.write(who=whole.who, draft_id=whole.draft.pk, text=data["text"])
    )


def _pieces(request: MemberRequest, whole: Held) -> Answer:
    """Each kind of document has its own field; what is accepted is kept, even where another file is refused."""
    labels = [piece["label"] for piece in whole.motif.pieces] if whole.motif else []
    fields = [*((f"piece-{n}", label) for n, label in enumerate(labels)), ("piece-autre", OTHER)]
    answer = Answer(
        {
            "fields": fields,
            "required": {piece["label"]: piece["required"] for piece in (whole.motif.pieces if whole.motif else [])},
            "accept": files.ACCEPT,
            "megabytes": settings.PARVIS_FILE_SIZE // 1_000_000,
            "most": settings.PARVIS_EXCHANGE_FILES,
            "other": OTHER,
        }
    )
    if request.method != "POST":
        return answer
    gesture = request.POST.get("geste", "")
    if gesture.startswith("retirer-"):
        number = gesture.removeprefix("retirer-")
        if number.isascii() and number.isdecimal():
            drafts.detach(who=whole.who, draft_id=whole.draft.pk, number=int(number[:18]))
        answer.stays = True
        return answer
    for name, label in fields:
        answer.problems += _received(request, whole, name, label)
    again = drafts.missing_pieces(who=whole.who, draft_id=whole.draft.pk) if gesture != "ajouter" else []
    if again and not answer.problems:
        place = next(name for name, label in fields if label == again[0])
        answer.problems.append((f"Joignez « {again[0]} » : ce document est obligatoire pour ce motif.", place))
    answer.stays = gesture == "ajouter"
    return answer


def _received(request: MemberRequest, whole: Held, name: str, label: str) -> list[tuple[str, str]]:
    problems = []
    for one in request.FILES.getlist(name)[: settings.PARVIS_EXCHANGE_FILES + 1]:
        if isinstance(one, UploadedFile):
            try:
                clean = files.accepted(one, field=name)
                piece = "" if label == OTHER else label
                drafts.attach(who=whole.who, draft_id=whole.draft.pk, document=clean, piece=piece)
            except Refused as refusal:
                problems.append((refusal.message, name))
    if name == "piece-autre" and too_large(request):
        limit = settings.PARVIS_FILE_SIZE // 1_000_000
        problems.append((f"Un fichier est trop lourd : {limit} Mo au plus.", name))
    return problems


def _check(request: MemberRequest, whole: Held) -> Answer:
    answer = Answer(
        {
            "nir": nir_masked(whole.content.nir),
            "fund": short(whole.draft.addressee),
            "attested": request.POST.get("attestation") == "on",
        }
    )
    if request.method == "POST":
        try:
            exchange, _ = sending.send(
                who=whole.who, draft_id=whole.draft.pk, attested=request.POST.get("attestation") == "on"
            )
            answer.reference = exchange.reference
        except Refused as refusal:
            answer.problems = [(refusal.message, "id_attestation" if refusal.field == "attestation" else "")]
    return answer


ANSWERS: dict[str, Callable[[MemberRequest, Held], Answer]] = {
    "theme": _theme,
    "motif": _name,
    "sous-motif": _leaf,
    "aide": _help,
    "fonds": _fund,
    "precisions": _details,
    "message": _message,
    "pieces": _pieces,
    "verifier": _check,
}
# The template of each page.
PAGES = {
    **dict.fromkeys(("theme", "motif", "sous-motif", "fonds"), "choice"),
    "aide": "help",
    "precisions": "details",
    "message": "message",
    "pieces": "pieces",
    "verifier": "check",
}
