"""The smallest correction of each fault in a definition, one module for each part of it."""
