import { apiRules } from './api-rules';
import { approverRules } from './approver-rules';
import { batchKeyRules } from './batch-rules';
import { dataKeyRules } from './data-key-rules';
import { columnRules } from './data-rules';
import { endpointRules } from './endpoint-rules';
import { engineRules } from './engine-rules';
import { gateRules, groupThresholdRules } from './gate-rules';
import { gitlabRules } from './gitlab-rules';
import { governanceRules } from './governance-rules';
import { branchRules, stageOrderRules, uniqueNameRules } from './group-rules';
import { diffApprovalRules } from './infrastructure-rules';
import { endpointInstanceRules, projectInstanceRules } from './instance-rules';
import { metricRules } from './metric-rules';
import { groupHyperparameterRules, hyperparameterRules, instanceCountRules, spotRules } from './model-rules';
import { notificationRules } from './notification-rules';
import { parameterRules } from './parameter-rules';
import { keyRegionRules, networkPlaceRules, partitionRules, toolingPlaceRules } from './place-rules';
import { promotionRules } from './promotion-rules';
import {
  containerRegionRules, deliverableRegionRules, modelRegionRules, pipelineRegionRules, regionSpellingRules,
  toolingExtraRegionRules,
} from './region-rules';
import { containerRepositoryRules } from './registry-rules';
import { buildKeyRules, copiesGroupRules } from './retained-rules';
import { retrainingRules } from './retraining-rules';
import { sharedRepositoryRules, sourceRules, triggerPathRules } from './source-rules';
import { tagRules } from './tag-rules';
import { tuningRangeRules, tuningRules } from './tuning-rules';
import { waveRules } from './wave-rules';
import type { RuleFamily } from '../engine/rule';

const shared: readonly RuleFamily[] = [
  engineRules, gitlabRules, sourceRules, sharedRepositoryRules, triggerPathRules, diffApprovalRules, branchRules, uniqueNameRules,
  stageOrderRules,
  waveRules, toolingPlaceRules, deliverableRegionRules, pipelineRegionRules, toolingExtraRegionRules,
  networkPlaceRules, partitionRules,
  keyRegionRules, dataKeyRules, parameterRules, notificationRules, containerRepositoryRules, promotionRules, tagRules,
  copiesGroupRules, buildKeyRules, approverRules, endpointRules, apiRules,
  batchKeyRules, governanceRules, retrainingRules,
];

/**
 * What must hold between the options of a delivery, in `config/delivery.json` and where the constructs are used alone.
 */
export const deliveryRules: readonly RuleFamily[] = [
  ...shared, regionSpellingRules, modelRegionRules, endpointInstanceRules,
];

/** What must hold between the options of a project, which also knows what is trained and served. */
export const projectRules: readonly RuleFamily[] = [
  columnRules, spotRules, instanceCountRules, hyperparameterRules, tuningRangeRules, tuningRules, metricRules,
  gateRules, ...shared, containerRegionRules,
  modelRegionRules, projectInstanceRules,
  groupHyperparameterRules, groupThresholdRules,
];
