"""Parvis beside OpenFisca-France: rates and contributions, one month of every era since 2015 (`make cross-check`).

OpenFisca runs in an environment and a process of its own (`openfisca_side.py`), and answers in JSON. A difference that
`differences.yaml` does not explain, figure by figure, is a failure; so is an explanation that nothing needs any more.
"""
