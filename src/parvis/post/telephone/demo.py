"""The demo's carrier: SMS and calls become files beside the e-mails' that `/demo/courriels` shows."""

import json
import os
import uuid
from dataclasses import dataclass
from pathlib import Path

from parvis.ground import clock
from parvis.post.telephone.calls import Call, Channel, Outcome, Receipt


@dataclass(frozen=True, slots=True)
class DemoCarrier:
    """Writes each call as one `.json` file, named by its instant so that names sort by time among the e-mails'."""

    folder: Path

    def follows(self, channel: Channel) -> bool:
        """What is written has arrived: there is nothing to ask."""
        return False

    def deliver(self, call: Call, reference: str) -> Receipt:
        """Write the file."""
        self.folder.mkdir(parents=True, exist_ok=True)
        name = f"{clock.now():%Y%m%dT%H%M%S%f}-{uuid.uuid4().hex[:8]}"
        content = {"kind": call.channel, "to": call.number, "extension": call.extension, "text": call.text}
        (self.folder / f"{name}.new").write_text(json.dumps(content, ensure_ascii=False), encoding="utf-8")
        os.replace(self.folder / f"{name}.new", self.folder / f"{name}.json")
        return Receipt(Outcome.DELIVERED)

    def outcome(self, channel: Channel, receipt: str) -> Outcome:
        """Never asked."""
        return Outcome.DELIVERED
