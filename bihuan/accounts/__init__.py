"""Who can sign in, and the screens of signing in (templates for django-allauth)."""
