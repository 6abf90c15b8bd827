import {
  AssetManifestBuilder, type DockerImageAssetLocation, type DockerImageAssetSource, type FileAssetLocation,
  type FileAssetSource,
  type ISynthesisSession, StackSynthesizer,
} from 'aws-cdk-lib/core';
import { OptionError } from '../../options/engine/option-error';
import type { Place } from '../../plan/place';

/** Where assets go; the names may hold the placeholders of a cloud assembly, such as `${AWS::AccountId}`. */
export interface EndpointSynthesizerProps {
  readonly bucketName: string;
  readonly publishRoleArn: string;
}

/** Folder of the assets in an environment's deployment bucket. */
export const ASSETS = 'assets/';

/**
 * Synthesizes stacks that the deploy pipeline alone deploys: their files go to the environment's own deployment bucket,
 * by the environment's own publish role. No role, bucket or version of the CDK bootstrap is in them, so what deploys
 * models needs none of its rights.
 */
export class EndpointSynthesizer extends StackSynthesizer {
  private readonly assets = new AssetManifestBuilder();

  public constructor(private readonly props: EndpointSynthesizerProps) {
    super();
  }

  public addFileAsset(asset: FileAssetSource): FileAssetLocation {
    if (asset.executable) {
      throw this.refusal(
        'a file asset that a command makes',
        'files and folders',
        'Let the command write the file before the synth, and refer to the file.',
      );
    }
    const target = {
      bucketName: this.props.bucketName,
      bucketPrefix: ASSETS,
      role: { assumeRoleArn: this.props.publishRoleArn },
    };
    return this.cloudFormationLocationFromFileAsset(this.assets.defaultAddFileAsset(this.boundStack, asset, target));
  }

  public addDockerImageAsset(asset: DockerImageAssetSource): DockerImageAssetLocation {
    throw this.refusal(
      `a container image as an asset${asset.directoryName ? ` (${asset.directoryName})` : ''}`,
      'files and folders as assets; images from a repository',
      'Push the image to a repository of your own, for example one of containerRepositories, and refer to it there by '
        + 'its digest.',
    );
  }

  public synthesize(session: ISynthesisSession): void {
    this.synthesizeTemplate(session);
    if (!this.assets.hasAssets) {
      this.emitArtifact(session);
      return;
    }
    this.emitArtifact(session, { additionalDependencies: [this.assets.emitManifest(this.boundStack, session)] });
  }

  private refusal(value: string, allowed: string, fix: string): OptionError {
    return new OptionError([{ path: `endpoint stack ${this.boundStack.stackName}`, value, allowed, fix }]);
  }
}

/** A text of the plan the way asset manifests are written: what is not known yet is filled in when it is published. */
export function inAssembly(text: string, { account, region }: Place): string {
  const values: { readonly [name: string]: string } = {
    partition: '${AWS::Partition}', account: account ?? '${AWS::AccountId}', region: region ?? '${AWS::Region}',
  };
  return text.replace(/\{(\w+)\}/g, (placeholder, name: string) => values[name] ?? placeholder);
}
