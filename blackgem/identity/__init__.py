"""How people prove who they are: signing in, second factors, sessions, invitations, tokens. Built on django-allauth."""
