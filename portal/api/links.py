"""Which ids the answers here have, for the links of the OpenAPI document."""

from blackgem.http.links import register

register({}, {"OwnLettersAnswer": {"letter_id": "/letters/0/id"}})
