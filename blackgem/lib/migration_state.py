"""Constraints and indexes that a migration adds are put on the model as it was rendered.

Django renders a model anew for each of them, with every model that refers to it: nine tenths of what building an empty
database takes. Neither changes a column, and no other model can tell the difference.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db.migrations.state import ProjectState


@contextmanager
def options_in_place() -> Iterator[None]:
    """While this is open, no model is rendered anew for a constraint or an index."""
    append, remove = ProjectState._append_option, ProjectState._remove_option
    ProjectState._append_option, ProjectState._remove_option = _append, _remove
    try:
        yield
    finally:
        ProjectState._append_option, ProjectState._remove_option = append, remove


def _append(state: ProjectState, app_label: str, model_name: str, option: str, added) -> None:
    kept = state.models[app_label, model_name].options[option]
    _set(state, app_label, model_name, option, [*kept, added])


def _remove(state: ProjectState, app_label: str, model_name: str, option: str, name: str) -> None:
    kept = state.models[app_label, model_name].options[option]
    _set(state, app_label, model_name, option, [one for one in kept if one.name != name])


def _set(state: ProjectState, app_label: str, model_name: str, option: str, values: list) -> None:
    """In the state, and in the model where the state's models have been rendered. Classes are shared with the state
    before, as models are that an operation does not touch; of these two options only what is being altered is asked."""
    state.models[app_label, model_name].options[option] = values
    if "apps" in vars(state):
        options = state.apps.get_model(app_label, model_name)._meta
        setattr(options, option, list(values))
        options._expire_cache()
