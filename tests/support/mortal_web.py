"""The site, whose process kills itself where a request's X-Die says: for tests of what a crash leaves behind.

`before commit`: all is written, and COMMIT was not sent. `after commit`: PostgreSQL has confirmed it, and nothing that
follows was done. `before answer`: the whole answer is there, and not a byte of it was sent.
"""

import os
import signal
import threading

from django.db.backends.base.base import BaseDatabaseWrapper

from blackgem.wsgi import application as whole

wish = threading.local()
commit = BaseDatabaseWrapper._commit


def die(moment: str) -> None:
    if getattr(wish, "moment", "") == moment:
        os.kill(os.getpid(), signal.SIGKILL)


def mortal_commit(self):
    die("before commit")
    answer = commit(self)
    die("after commit")
    return answer


BaseDatabaseWrapper._commit = mortal_commit


def application(environ, start_response):
    wish.moment = environ.get("HTTP_X_DIE", "")
    answer = list(whole(environ, start_response))
    die("before answer")
    return answer
