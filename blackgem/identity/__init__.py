"""How people prove who they are: signing in, second factors, sessions, tokens. Built on django-allauth."""
