"""The checks on what a template asks for, before it is deployed."""
