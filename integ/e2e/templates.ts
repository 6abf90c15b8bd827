import * as fs from 'node:fs';
import * as path from 'node:path';
import type { Repository } from '../../testing/harness/repository';

/** Resources of all templates: `<template>/<logical id>` to the resource as it was synthesized. */
export type Resources = { readonly [id: string]: unknown };

/** The CloudFormation templates below `cdk.out`, nested assemblies included, by file name. */
export function templates(
  repository: Repository,
): { readonly [file: string]: { readonly Resources?: { readonly [id: string]: unknown } } } {
  const root = repository.path('cdk.out');
  const files = fs.readdirSync(root, { recursive: true, encoding: 'utf8' }).filter(file =>
    file.endsWith('.template.json')).sort();
  return Object.fromEntries(files.map(file =>
    [file, JSON.parse(fs.readFileSync(path.join(root, file), 'utf8')) as object]));
}

/** Every resource of a repository's infrastructure. */
export function resources(repository: Repository): Resources {
  return Object.fromEntries(Object.entries(templates(repository)).flatMap(([file, template]) =>
    Object.entries(template.Resources ?? {}).map(([id, resource]) => [`${file}/${id}`, resource])));
}

interface CodeBuildProject {
  readonly Type: string;
  readonly Properties: { readonly Source: { readonly BuildSpec: unknown } };
}

/**
 * A resource without what must differ between the two kinds of repository: the commands that install the CDK app's
 * dependencies in CodeBuild, and the checksums of assets, since one of them is the CDK app itself.
 */
export function comparable(resource: unknown): unknown {
  const { Type, Properties } = resource as CodeBuildProject;
  const text = Type === 'AWS::CodeBuild::Project' ? Properties.Source.BuildSpec : undefined;
  if (typeof text !== 'string' || !text.startsWith('{')) {
    return JSON.parse(JSON.stringify(resource).replace(/[0-9a-f]{64}\.zip/g, '<asset>.zip')) as unknown;
  }
  const spec = JSON.parse(text) as { phases: { install: { commands?: string[] } } };
  delete spec.phases.install.commands;
  return { Type, Properties: { ...Properties, Source: { ...Properties.Source, BuildSpec: spec } } };
}
