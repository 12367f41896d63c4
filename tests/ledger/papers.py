"""Bank statements as banks write them, for the tests."""

import datetime
from xml.sax.saxutils import escape

CNRACL = "FR239999900001CNRA000000144"
RAFP = "FR179999900001RAFP000000389"
NAMESPACE = "urn:iso:std:iso:20022:tech:xsd:camt.053.001.08"


def entry(
    amount="487.50", *, reference="", label="", payer="TRESORERIE", number="", on="2026-11-04", sign="CRDT", more="",
    status="<Sts><Cd>BOOK</Cd></Sts>", currency="EUR",
):  # fmt: skip
    structured = f"<Strd><CdtrRefInf><Ref>{escape(reference)}</Ref></CdtrRefInf></Strd>" if reference else ""
    said = f"<Ustrd>{escape(label)}</Ustrd>" if label else ""
    return f"""<Ntry><Amt Ccy="{currency}">{amount}</Amt><CdtDbtInd>{sign}</CdtDbtInd>{more}{status}
<BookgDt><Dt>{on}</Dt></BookgDt><ValDt><Dt>{on}</Dt></ValDt>{f"<AcctSvcrRef>{number}</AcctSvcrRef>" if number else ""}
<NtryDtls><TxDtls><Refs><EndToEndId>NOTPROVIDED</EndToEndId></Refs>
<RltdPties><Dbtr><Pty><Nm>{escape(payer)}</Nm></Pty></Dbtr></RltdPties><RmtInf>{structured}{said}</RmtInf>
</TxDtls></NtryDtls></Ntry>"""


def statement(*entries, iban=CNRACL, name="REL-1", head="", namespace=NAMESPACE):
    return f"""<?xml version="1.0" encoding="UTF-8"?>
{head}<Document xmlns="{namespace}"><BkToCstmrStmt><GrpHdr><MsgId>1</MsgId></GrpHdr>
<Stmt><Id>{name}</Id><Acct><Id><IBAN>{iban}</IBAN></Id></Acct>{"".join(entries)}</Stmt>
</BkToCstmrStmt></Document>""".encode()


def table(*rows, iban=CNRACL):
    lines = ["iban;date;montant;reference;libelle;payeur;numero"]
    lines += [f"{iban};{datetime.date(2026, 11, 4):%d/%m/%Y};{row}" for row in rows]
    return "\r\n".join(lines).encode()
