"""How handing a message over can fail: for good, or for now. The sentences are French and name neither address nor
number."""


class Undeliverable(Exception):
    """No further try would help; the message says why, in French, without any address."""


class Unreachable(Exception):
    """The server did not take it this time: try again later."""


class CarrierUnreachable(Unreachable):
    """The same of a telephone carrier: somebody waits in front of the screen, so it is tried again within seconds."""
