"""What a template itself makes, and Azure as it will be once the template has made it."""
