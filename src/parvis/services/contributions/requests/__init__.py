"""The requests of « Cotisations »: refunds, transfers between funds, waivers of surcharges, as kinds of dossiers."""

from parvis.services.contributions.requests import refunds, transfers, waivers

__all__ = ["refunds", "transfers", "waivers"]
