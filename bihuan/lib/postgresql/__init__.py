"""Django's PostgreSQL backend with our guard on confidential rows."""
