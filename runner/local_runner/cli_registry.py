"""The `registry` commands."""

from __future__ import annotations

import argparse
import json
from typing import Any

from .decision import record_decision
from .options import add_work
from .records import anchor_of
from .registry import Registry

_REFERENCE = "ARN, GROUP/VERSION, or GROUP for its newest version"


def add_commands(parser: argparse.ArgumentParser) -> None:
    """Add list, show, approve and reject."""
    commands = parser.add_subparsers(required=True, metavar="{list,show,approve,reject}")
    listing = commands.add_parser("list", help="list the model packages")
    listing.add_argument("group", nargs="?", help="only this group")
    listing.set_defaults(action=_list)
    show = commands.add_parser("show", help="show a model package with its history")
    show.add_argument("package", help=_REFERENCE)
    show.set_defaults(action=_show)
    subparsers = [listing, show]
    for name, status in (("approve", "Approved"), ("reject", "Rejected")):
        change = commands.add_parser(name, help=f"set the approval status to {status}")
        change.add_argument("package", help=_REFERENCE)
        change.add_argument("--why", required=True, help="the reason, recorded with the decision")
        change.add_argument(
            "--meaning", help="what the signature means (approve: approval, review, responsibility)"
        )
        change.add_argument("--by", help="who decides (default: git's user, else the system user)")
        change.set_defaults(action=_change, status=status)
        subparsers.append(change)
    for subparser in subparsers:
        add_work(subparser)
        subparser.set_defaults(parser=subparser)
        subparser.add_argument("--json", action="store_true", help="print JSON")


def _list(args: argparse.Namespace) -> int:
    registry = Registry(args.work / "registry")
    if args.group:
        registry.find(args.group)
    groups = [args.group] if args.group else registry.groups()
    packages = [package for group in groups for package in registry.versions(group)]
    if args.json:
        print(json.dumps(packages, indent=1))
    for package in [] if args.json else packages:
        print(_line(package))
    if not packages and not args.json:
        print("no model packages yet")
    return 0


def _show(args: argparse.Namespace) -> int:
    package = Registry(args.work / "registry").find(args.package)
    if args.json:
        print(json.dumps(package, indent=1))
        return 0
    print(_line(package))
    container = package["InferenceSpecification"]["Containers"][0]
    facts = {"artifact": container.get("ModelDataUrl", ""), "run": package["ExecutionId"]}
    report = args.work / "runs" / package["ExecutionId"] / "report.html"
    if report.is_file():
        facts["report"] = str(report)
    facts |= dict(sorted((package.get("CustomerMetadataProperties") or {}).items()))
    wide = max(map(len, facts))
    for key, value in facts.items():
        print(f"  {key:<{wide}} {value}")
    print("  history")
    for event in package["History"]:
        change = f"{event['from']} → {event['to']}" if event["from"] else f"registered as {event['to']}"
        why = f": {event['why']}" if event["why"] else ""
        print(f"    {event['time']}  {change}, by {event['by']}{why}")
    return 0


def _change(args: argparse.Namespace) -> int:
    from . import git

    if not args.why.strip():
        from .errors import RunnerError

        raise RunnerError("--why is empty: give a short reason.")
    registry = Registry(args.work / "registry")
    package = registry.find(args.package)
    group, version = package["ModelPackageGroupName"], package["ModelPackageVersion"]
    by = args.by or git.user()
    record = record_decision(args.work, package, args.status, by, args.why, args.meaning)
    noted = str(anchor_of(record))
    package = registry.set_status(group, version, args.status, by, args.why, noted)
    print(json.dumps(package, indent=1) if args.json else _line(package))
    return 0


def _line(package: dict[str, Any]) -> str:
    return f"{package['ModelPackageArn']}  {package['ModelApprovalStatus']:<21} {package['CreationTime']}"
