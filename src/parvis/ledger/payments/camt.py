"""CAMT.053, the statement of an account as banks give it (ISO 20022): read without entities, DTD or network.

Whatever the version of the message: what is read has kept its name and place since 001.02. A file that declares a
document type is refused before anything of it is believed.
"""

import datetime
import io
from collections.abc import Iterator

from lxml import etree

from parvis.ledger.payments.statements import (
    LONGEST_KEY,
    LONGEST_LABEL,
    LONGEST_PAYER,
    LONGEST_REFERENCE,
    Received,
    Statement,
    Unreadable,
    cents,
    cleaned,
    counted,
    numbered,
)

NAMESPACE = "urn:iso:std:iso:20022:tech:xsd:camt.053."


def read(content: bytes) -> list[Statement]:
    """The statements of a file. Raises Unreadable: nothing of a file that is wrong anywhere is kept."""
    try:
        return list(_statements(content))
    except etree.XMLSyntaxError as fault:
        line = fault.lineno or 0
        raise Unreadable(f"ce fichier XML est coupé ou mal formé ({fault.msg}).", line) from fault


def _statements(content: bytes) -> Iterator[Statement]:
    events = etree.iterparse(
        io.BytesIO(content),
        events=("start", "end"),
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        dtd_validation=False,
        attribute_defaults=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    root, found, entries, aside = None, 0, [], 0
    for event, element in events:
        if root is None:
            root = element
            _believed(root)
        if event != "end":
            continue
        name = etree.QName(element).localname
        if name == "Ntry":
            received = _entry(element)
            aside += not received
            entries += received
            # A statement of a month has as many entries as it likes: what was read is let go.
            element.clear(keep_tail=False)
        elif name == "Stmt":
            found += 1
            iban = _text(element, "Acct/Id/IBAN")
            if not iban:
                raise Unreadable("ce relevé ne dit pas de quel compte il est (Acct/Id/IBAN).", element.sourceline or 0)
            yield Statement(iban, cleaned(_text(element, "Id"), 200), numbered(entries), aside)
            entries, aside = [], 0
    if not found:
        raise Unreadable("ce fichier ne contient aucun relevé (BkToCstmrStmt/Stmt).")


def _believed(root: etree._Element) -> None:
    document = root.getroottree().docinfo
    if document.doctype or document.internalDTD is not None or document.externalDTD is not None:
        raise Unreadable(
            "ce fichier déclare un type de document (DOCTYPE), ce qu’aucune banque ne fait : il est refusé."
        )
    if not (etree.QName(root).namespace or "").startswith(NAMESPACE):
        raise Unreadable("ce fichier XML n’est pas un relevé CAMT.053 : demandez ce format à la banque.")


def _text(element: etree._Element, path: str) -> str:
    """The text at a path of local names, "" where there is none."""
    for name in path.split("/"):
        found = _child(element, name)
        if found is None:
            return ""
        element = found
    return str(element.text or "").strip()


def _named(element: etree._Element, name: str) -> bool:
    return isinstance(element.tag, str) and etree.QName(element).localname == name


def _all(element: etree._Element, name: str) -> list[etree._Element]:
    return [one for one in element.iter() if _named(one, name)]


def _amount(element: etree._Element) -> int:
    line = element.sourceline or 0
    if element.get("Ccy") != "EUR":
        raise Unreadable("un montant n’est pas en euros.", line)
    return cents((element.text or "").strip(), line)


def _child(element: etree._Element, name: str) -> etree._Element | None:
    return next((one for one in element if _named(one, name)), None)


def _yes(element: etree._Element, name: str) -> bool:
    return _text(element, name) in ("true", "1")


def _entry(entry: etree._Element) -> list[Received]:
    """The transfers of an entry: one, or those of a batch; none where it is no money that came in for good, nor money
    of which the bank says that it takes it back."""
    line = entry.sourceline or 0
    status = _text(entry, "Sts/Cd") or _text(entry, "Sts")
    if status not in ("BOOK", ""):
        return []
    details = _all(entry, "TxDtls")
    if _text(entry, "CdtDbtInd") != "CRDT":
        return _taken_back(entry, details, line)
    if _yes(entry, "RvslInd"):
        # A debit of the fund's own that came back (`statements.counted`).
        return []
    return _parts(entry, details, line)


def _parts(entry: etree._Element, details: list[etree._Element], line: int) -> list[Received]:
    amount = _child(entry, "Amt")
    if amount is None:
        raise Unreadable("une écriture n’a pas de montant.", line)
    whole, on = _amount(amount), _day(entry, line)
    number = _text(entry, "AcctSvcrRef") or _text(entry, "NtryRef")
    if len(details) <= 1:
        return [_received(details[0] if details else entry, number, whole, on, line)]
    made = []
    for at, one in enumerate(details, start=1):
        part = _child(one, "Amt")
        if part is None:
            inside = _child(one, "AmtDtls")
            transaction = _child(inside, "TxAmt") if inside is not None else None
            part = _child(transaction, "Amt") if transaction is not None else None
        if part is None:
            raise Unreadable("une opération d’un lot n’a pas de montant.", one.sourceline or line)
        own = _text(one, "Refs/AcctSvcrRef") or _text(one, "Refs/TxId")
        made.append(_received(one, own or (f"{number}/{at}" if number else ""), _amount(part), on, line))
    if sum(one.amount for one in made) != whole:
        raise Unreadable("le total d’un lot n’est pas la somme de ses opérations.", line)
    return made


# A return, in the codes by which banks name what an entry is (ISO 20022, BkTxCd).
_RETURNS = ("RRTN", "RPCR")


def _taken_back(entry: etree._Element, details: list[etree._Element], line: int) -> list[Received]:
    """The transfers that a debit takes back; none where it is what the fund itself pays."""
    whole = _yes(entry, "RvslInd") or _text(entry, "BkTxCd/Domn/Fmly/SubFmlyCd") in _RETURNS
    if not whole and not any(_child(one, "RtrInf") is not None for one in details):
        return []
    made: list[Received] = []
    for one, found in zip(details or [entry], _parts(entry, details, line), strict=True):
        told = _child(one, "RtrInf")
        numbers = [_text(entry, name) for name in ("AcctSvcrRef", "NtryRef")]
        numbers += [_text(one, f"Refs/{name}") for name in ("AcctSvcrRef", "TxId", "EndToEndId", "InstrId")]
        numbers += [_text(ref, "Ref") for ref in _all(one, "Prtry")]
        said = f"{_text(told, 'Rsn/Cd')} {_text(told, 'AddtlInf')}" if told is not None else ""
        creditor = next((name.text for side in _all(one, "Cdtr") for name in _all(side, "Nm")), None)
        back = whole or told is not None
        taken = counted(found, debit=True, back=back, numbers=numbers, reason=said, payer=creditor or "")
        made += [taken] if taken is not None else []
    return made


def _day(entry: etree._Element, line: int) -> datetime.date:
    """The day on which the account was credited: value date, else the day of booking."""
    for name in ("ValDt", "BookgDt"):
        text = _text(entry, f"{name}/Dt") or _text(entry, f"{name}/DtTm")
        if text:
            try:
                return datetime.date.fromisoformat(text[:10])
            except ValueError as fault:
                raise Unreadable(f"« {text[:40]} » n’est pas une date.", line) from fault
    raise Unreadable("une écriture n’a pas de date.", line)


def _received(one: etree._Element, number: str, amount: int, on: datetime.date, line: int) -> Received:
    structured = next((found.text for ref in _all(one, "CdtrRefInf") for found in _all(ref, "Ref")), None)
    said = [found.text or "" for found in _all(one, "Ustrd")]
    end_to_end = _text(one, "Refs/EndToEndId")
    payer = next((name.text for debtor in _all(one, "Dbtr") for name in _all(debtor, "Nm")), None)
    if end_to_end and end_to_end != "NOTPROVIDED":
        said.append(end_to_end)
    return Received(
        line=line,
        key=cleaned(number, LONGEST_KEY),
        amount=amount,
        on=on,
        reference=cleaned(structured, LONGEST_REFERENCE),
        label=cleaned(" ".join(said), LONGEST_LABEL),
        payer=cleaned(payer, LONGEST_PAYER),
    )
