"""Sign-in and permission."""
