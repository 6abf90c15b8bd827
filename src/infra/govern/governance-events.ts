/** Source of what the governance functions put on the delivery's bus (`tools/govern`). */
export const GOVERNANCE_SOURCE = 'sagemaker-cicd.governance';
/** A decision was accepted and recorded. */
export const RECORDED = 'Model Package Decision Recorded';
/** A decision was not accepted, was recorded as such and taken back. */
export const REFUSED = 'Model Package Approval Refused';
/** Rules were checked for a registered version. */
export const RULES_CHECKED = 'Model Package Rules Checked';
/** A call of the webhook or a transition of an issue was not taken. */
export const JIRA_REFUSED = 'Jira Request Refused';
