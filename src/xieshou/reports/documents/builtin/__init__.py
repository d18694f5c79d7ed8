"""The templates that come with the system."""
