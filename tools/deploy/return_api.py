"""
Returns an API to the version before, at once: the alias of its handler moves back.

Where each package has an endpoint of its own, the one before is still there while a new version bakes; after
that it is gone. A shift that is under way is ended, and CodeDeploy moves requests back.
"""

from __future__ import annotations

import time
from collections.abc import Callable

from aliases import Alias, Handler, handler_at, handlers, move_alias, read_alias
from aws import Aws
from deployment_records import record_return, this_moment
from engine_words import retry
from fronted import functions_of
from owned import PROVEN_TAG, own
from rollbacks import note, rollbacks_of, starter
from serving import SERVES, look
from shifting import Shifting
from targets import Api, Environment, Refused, Targets
from way_back import WayBack

TRIES = 5

ADVICE = "Reject the version that is live, which deploys the newest approved one, or approve another."


class ReturnApi:
    """The return of one environment's API where each package has an endpoint of its own."""

    def __init__(
        self,
        aws: Aws,
        targets: Targets,
        environment: Environment,
        api: Api,
        execution: str,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._aws, self._targets, self._environment, self._api = aws, targets, environment, api
        self._execution = execution
        self._functions = functions_of(aws, environment, api)
        self._shifting = Shifting(aws, environment, api, sleep)
        self._look = aws.client("sagemaker", environment)
        self._list = aws.client_of(environment.retire_role, "sagemaker", environment.region)
        self._change = aws.client_of(environment.rollback_role, "sagemaker", environment.region)
        self._way = WayBack(aws, targets, environment)
        self._records = rollbacks_of(aws, targets)
        self._began = this_moment()

    def carry_out(self) -> str:
        """Returns the API; which version it serves now, and how long that took."""
        begin = time.monotonic()
        alias = self._alias()
        left = self._records.remembered(self._attempt()).get("left")
        if left and left not in alias.versions:
            # A retry of the stage: this execution has left that version.
            return self._done(alias.version, begin)
        running = self._shifting.under_way()
        if running:
            if not self._is_same(running):
                return self._end(running, begin)
            # The same version again, after a change around it: ending that is no return yet.
            self._shifting.end(running)
            alias = self._alias()
        target = self._newest(alias)
        self._leave(alias.version)
        self._record(alias.version, target)
        for _ in range(TRIES):
            if move_alias(self._functions, self._api, alias, target.version):
                self._unprove(alias.version)
                return self._done(target.version, begin)
            now = self._alias()
            if now.version != alias.version or self._shifting.under_way():
                break
            alias = now
        raise Refused(f"{self._name} is moved by others at this moment. {retry()}")

    def way(self) -> Handler:
        """The version that would answer after a return at this moment; raises Refused where there is none."""
        return self._newest(self._alias())

    @property
    def _name(self) -> str:
        return f"{self._api.function}:{self._api.alias}"

    def _is_same(self, running: str) -> bool:
        """Whether a shift only brings the same package again."""
        versions = (self._shifting.source_of(running), self._shifting.target_of(running))
        before, coming = (handler_at(self._functions, self._api, version) for version in versions)
        return before is not None and coming is not None and before.package == coming.package

    def _end(self, running: str, begin: float) -> str:
        """Ends a shift: the version before it stays."""
        coming = self._shifting.target_of(running)
        before = self._handler(self._shifting.source_of(running))
        problem = self._problem(before)
        if problem:
            raise Refused(f"{self._name} is being shifted, and cannot return: {problem}. {ADVICE}")
        self._leave(coming)
        self._record(coming, before)
        self._shifting.end(running)
        for _ in range(TRIES):
            now = self._alias()
            # It may have come to its end in the same moment.
            is_back = now.version == before.version and not now.weights
            if is_back or move_alias(self._functions, self._api, now, before.version):
                return self._done(before.version, begin)
        raise Refused(f"{self._name} is moved by others at this moment. {retry()}")

    def _newest(self, alias: Alias) -> Handler:
        """The newest earlier version with another package, whose endpoint answers still."""
        live, problems = self._handler(alias.version), []
        for handler in handlers(self._functions, self._api):
            if int(handler.version) >= int(alias.version) or handler.package in (None, live.package):
                continue
            problem = self._problem(handler)
            if problem is None:
                return handler
            problems.append(problem)
        gone = "no earlier version is left"
        raise Refused(
            f"{self._name} cannot return at once: {'; '.join(problems) or gone}. "
            f"The endpoint before stays only for the bake, of {self._api.bake_seconds:.0f} s here. {ADVICE}"
        )

    def _problem(self, handler: Handler) -> str | None:
        """Why a version must not answer, or cannot; None where it may."""
        package = self._way.origin(handler.package)
        if package is None:
            return f"version {handler.version} is for {handler.package}, which is not of this group"
        if problem := self._way.problem(package):
            return problem
        serving = look(self._look, handler.endpoint)
        if serving is None or serving.status not in SERVES:
            return f"the endpoint {handler.endpoint} is {serving.status if serving else 'gone'}"
        if serving.package not in (None, handler.served):
            return f"the endpoint {handler.endpoint} serves {serving.package} meanwhile"
        if not self._is_proven(serving.config):
            return f"the endpoint {handler.endpoint} was never proven"
        return None

    def _is_proven(self, config: str) -> bool:
        found = own(self._list, self._environment, "EndpointConfig", config)
        return any(c.name == config and PROVEN_TAG in c.tags for c in found)

    def _unprove(self, version: str) -> None:
        """What was left is nothing that a later return goes to."""
        handler = handler_at(self._functions, self._api, version)
        serving = look(self._look, handler.endpoint) if handler else None
        for found in own(self._list, self._environment, "EndpointConfig", serving.config) if serving else ():
            if serving and found.name == serving.config and PROVEN_TAG in found.tags:
                self._change.delete_tags(ResourceArn=found.arn, TagKeys=[PROVEN_TAG])

    def _record(self, version: str, target: Handler) -> None:
        """What is left behind is recorded first, so that no other execution brings it meanwhile."""
        left = handler_at(self._functions, self._api, version)
        behind = self._way.origin(left.package) if left else None
        if behind is None or behind == target.package:
            print(f"What {self._name} leaves is recorded nowhere: version {version} is for {left}")
            return
        by = starter(self._aws, self._targets, self._execution)
        number = str(target.package).rsplit("/", 1)[-1]
        reason = f"{by} returned {self._name} to version {target.version}, which is for package {number}"
        print(
            note(
                self._aws,
                self._targets,
                self._environment,
                behind,
                reason,
                self._execution,
                by=by,
                serves=target.package,
            )
        )

    def _alias(self) -> Alias:
        alias = read_alias(self._functions, self._api)
        if alias is None:
            raise Refused(f"{self._name} is not there: nothing can be returned to.")
        return alias

    def _handler(self, version: str) -> Handler:
        handler = handler_at(self._functions, self._api, version)
        if handler is None:
            raise Refused(f"Version {version} of {self._api.function} is gone: nothing can be returned to.")
        return handler

    def _leave(self, version: str) -> None:
        self._records.remember(self._attempt(), {"left": version})

    def _attempt(self) -> str:
        return f"{self._execution}-{self._environment.name}"

    def _done(self, version: str, begin: float) -> str:
        package = str(self._handler(version).package)
        recorded = record_return(self._aws, self._targets, self._environment, package, self._began)
        return (
            f"{self._environment.name}: {self._name} serves version {package.rsplit('/', 1)[-1]} of the "
            f"model again, after {time.monotonic() - begin:.0f} s{recorded}; the stack follows"
        )


def return_handler(
    aws: Aws, environment: Environment, package: str, sleep: Callable[[float], None] = time.sleep
) -> str:
    """
    After an endpoint that is updated in place has returned: the handler that knows the model's contract
    answers again; in words, nothing where there is no API or it does already.
    """
    api = environment.api
    if api is None:
        return ""
    functions, shifting = functions_of(aws, environment, api), Shifting(aws, environment, api, sleep)
    if running := shifting.under_way():
        shifting.end(running)
    for _ in range(TRIES):
        alias = read_alias(functions, api)
        live = handler_at(functions, api, alias.version) if alias else None
        if alias is None or (live and live.package == package and not alias.weights):
            return ""
        fitting = next((h for h in handlers(functions, api) if h.package == package), None)
        if fitting is None:
            return f"; no version of {api.function} for it is left, so version {alias.version} answers"
        if move_alias(functions, api, alias, fitting.version):
            return f", and version {fitting.version} of {api.function} answers"
    raise Refused(f"{api.function}:{api.alias} is moved by others at this moment. {retry()}")
