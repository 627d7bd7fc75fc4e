"""pymake: a make-like build tool. Files, content hashes, parallel jobs, and a reason for every run.

Names are imported when they are first used, so that `import pymake` costs nothing.
"""

TYPE_CHECKING = False  # as in `typing`, which takes longer to import than the rest of this file
if TYPE_CHECKING:
    from pymake._version import __version__ as __version__
    from pymake.app.api import Pipeline as Pipeline
    from pymake.app.api import build as build
    from pymake.app.api import main as main
    from pymake.app.api import pipeline_get_task_names as pipeline_get_task_names
    from pymake.app.api import pipeline_run as pipeline_run
    from pymake.app.printing import pipeline_printout as pipeline_printout
    from pymake.app.printing import pipeline_printout_graph as pipeline_printout_graph
    from pymake.app.shell import sh as sh
    from pymake.errors import CallFailed as CallFailed
    from pymake.errors import CommandFailed as CommandFailed
    from pymake.errors import InputKeepsChanging as InputKeepsChanging
    from pymake.errors import JobError as JobError
    from pymake.errors import JobsFailed as JobsFailed
    from pymake.errors import OutputMissing as OutputMissing
    from pymake.errors import OutputProtected as OutputProtected
    from pymake.errors import PymakeError as PymakeError
    from pymake.errors import TimedOut as TimedOut
    from pymake.errors import WorkerDied as WorkerDied
    from pymake.frontends.decorators import active_if as active_if
    from pymake.frontends.decorators import add_inputs as add_inputs
    from pymake.frontends.decorators import always as always
    from pymake.frontends.decorators import audit as audit
    from pymake.frontends.decorators import check_if_uptodate as check_if_uptodate
    from pymake.frontends.decorators import collate as collate
    from pymake.frontends.decorators import combinations as combinations
    from pymake.frontends.decorators import combinations_with_replacement as combinations_with_replacement
    from pymake.frontends.decorators import default as default
    from pymake.frontends.decorators import follows as follows
    from pymake.frontends.decorators import formatter as formatter
    from pymake.frontends.decorators import fresh_process as fresh_process
    from pymake.frontends.decorators import graphviz as graphviz
    from pymake.frontends.decorators import inputs as inputs
    from pymake.frontends.decorators import interactive as interactive
    from pymake.frontends.decorators import jobs_limit as jobs_limit
    from pymake.frontends.decorators import merge as merge
    from pymake.frontends.decorators import mkdir as mkdir
    from pymake.frontends.decorators import originate as originate
    from pymake.frontends.decorators import output_from as output_from
    from pymake.frontends.decorators import permutations as permutations
    from pymake.frontends.decorators import pool as pool
    from pymake.frontends.decorators import posttask as posttask
    from pymake.frontends.decorators import product as product
    from pymake.frontends.decorators import protected as protected
    from pymake.frontends.decorators import regex as regex
    from pymake.frontends.decorators import resources as resources
    from pymake.frontends.decorators import retries as retries
    from pymake.frontends.decorators import runtime_parameter as runtime_parameter
    from pymake.frontends.decorators import split as split
    from pymake.frontends.decorators import subdivide as subdivide
    from pymake.frontends.decorators import suffix as suffix
    from pymake.frontends.decorators import tags as tags
    from pymake.frontends.decorators import task as task
    from pymake.frontends.decorators import temporary as temporary
    from pymake.frontends.decorators import timeout as timeout
    from pymake.frontends.decorators import touch_file as touch_file
    from pymake.frontends.decorators import transform as transform
    from pymake.frontends.decorators import uses as uses
    from pymake.model.events import Summary as Summary

_HOMES = {
    "pymake._version": "__version__",
    "pymake.app.api": "Pipeline build main pipeline_get_task_names pipeline_run",
    "pymake.app.printing": "pipeline_printout pipeline_printout_graph",
    "pymake.app.shell": "sh",
    "pymake.errors": (
        "CallFailed CommandFailed InputKeepsChanging JobError JobsFailed OutputMissing OutputProtected PymakeError "
        "TimedOut WorkerDied"
    ),
    "pymake.frontends.decorators": (
        "active_if add_inputs always audit check_if_uptodate collate combinations combinations_with_replacement "
        "default follows formatter fresh_process graphviz inputs interactive jobs_limit merge mkdir originate "
        "output_from permutations pool posttask product protected regex resources retries runtime_parameter split "
        "subdivide suffix tags task temporary timeout touch_file transform uses"
    ),
    "pymake.model.events": "Summary",
}
_HOME_OF = {name: home for home, names in _HOMES.items() for name in names.split()}

__all__ = sorted(_HOME_OF)  # noqa: PLE0605 - a list of texts, and the only place that names them is above


if not TYPE_CHECKING:  # a type checker would believe that it knows every name

    def __getattr__(name: str) -> object:
        home = _HOME_OF.get(name)
        if home is None:
            raise AttributeError(f"module 'pymake' has no attribute {name!r}")
        import sys  # noqa: PLC0415 # built in, but still not for nothing

        __import__(home)
        value = globals()[name] = getattr(sys.modules[home], name)
        return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
