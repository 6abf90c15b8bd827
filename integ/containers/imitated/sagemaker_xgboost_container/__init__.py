"""Imitates the package of the XGBoost image; see `imitated.py`."""
