"""The few places in which a secret, or something of a person, has to be: each with its reason."""

MEANT = frozenset(
    {
        # A webhook is called by its address, and a mail needs somebody to go to.
        ("setting: webhook", "card: address"),
        ("setting: recipient", "mail"),
        # A registry that anybody may ask gives a token for that; it goes back to the same host, as its own test says.
        ("registry: token", "request to Azure: headers"),
        ("registry: access_token", "request to Azure: headers"),
        ("registry: refresh_token", "request to Azure"),
        # The audit says who allowed a change: an id, never a name.
        ("sign-in: object id of who approves", "store"),
        ("sign-in: object id of who approves", "answer of GET /api/incidents/ID"),
        ("sign-in: object id of who approves", "answer of GET /api/incidents/ID/audit"),
        ("sign-in: object id of who approves", "page of GET /api/incidents/ID"),
    }
)

NOT_TOLD = frozenset(
    {
        # Not even this make-believe Azure gives these out; the definition in a template has the same places.
        "live group: workspace key",
        "live group: secure variable",
        "live group: registry password",
        # Comes by the platform's sign-in, in front of us.
        "sign-in: object id of who approves",
    }
)
"""Ways in that were shut before anything came to us."""
