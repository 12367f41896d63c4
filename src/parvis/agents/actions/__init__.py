"""Every way to write about agents. One action: check, write, one journal event, all or nothing."""

from parvis.agents.actions.bases import Base, Written, close_replacement, write_month
from parvis.agents.actions.enrolling import Declared, enrol
from parvis.agents.actions.readmitting import readmit

__all__ = ["Base", "Declared", "Written", "close_replacement", "enrol", "readmit", "write_month"]
