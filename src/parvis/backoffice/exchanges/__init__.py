"""Exchanges in the advisers' office: queue, answers, notes, models of answers, motifs, figures."""
