"""The remedies. A remedy returns steps; it does nothing itself.

Nothing else in Azure is ever changed.
"""

from remediation import assign_pull_role, enable_trusted_services

ALL = (assign_pull_role, enable_trusted_services)
