"""Keeps incidents, decisions, receipts, audit and reports: in a storage account, or in a file."""
