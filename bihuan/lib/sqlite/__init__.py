"""Django's SQLite backend with our guard on confidential columns."""
