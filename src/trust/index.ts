export type { ChangeOfTrust } from '../model/trust-anchor.ts'
export { enabledAnchors, isInForce, trustListVersion } from '../model/trust-list.ts'
export { type AnchorCandidate, mustBeSmall, readAnchorFile, readCertificate } from './anchor-file.ts'
export { type AnchorFacts, type AnchorWarning, judgeAnchor, mustBeFitAsAnchor } from './anchor-rules.ts'
export { type AnchorInWords, describeAnchor } from './anchor-words.ts'
export {
  addAnchor,
  addAnchors,
  disableAnchor,
  enableAnchor,
  limitAnchor,
  planRejudge,
  removeAnchor,
  type WantedAnchor,
} from './anchors.ts'
export {
  type CandidateAnchor,
  type CandidateAnchors,
  type CandidateParts,
  createCandidateFinder,
  type MissingIssuer,
} from './candidate-anchors.ts'
export { type CatalogueEntry, loadCatalogue } from './catalogue.ts'
export { takeInConfigured } from './configured-anchors.ts'
export { readConstraints } from './constraints.ts'
export { effectsOf } from './effects.ts'
export { plainFingerprint } from './fingerprint.ts'
export { type Gathered, type GatherParts, gather, startAsking, wantedOf } from './gather.ts'
export { type GatherForKeepingParts, gatherForKeeping } from './gather-for-keeping.ts'
export { asksForSecondAdmin, recordGuard } from './guard-setting.ts'
export { rejudgeCase, verifySubmission } from './judge.ts'
export type { JudgeParts } from './judge-document.ts'
export { judgeFile } from './judge-file.ts'
export { type JudgedTimeStamp, type JudgeTimeStampParts, judgeTimeStamp } from './judge-time-stamp.ts'
export {
  type ListOfListsFacts,
  type ListParts,
  listingOf,
  listSteps,
  loadListOfLists,
  type ReadEdition,
  type RefreshParts,
  readEdition,
  refreshLists,
} from './lists/index.ts'
export { type SignerOutsideTrust, signersOutsideTrust } from './outside-trust.ts'
export { stepOf, type WantedTrust } from './plan-change.ts'
export { comparePolicy, policyReview } from './policy-review.ts'
export {
  type Confirmed,
  confirmChange,
  declineChange,
  draftChange,
  expireProposals,
  lookAtProposal,
  obstacleTo,
  type ProposalParts,
  proposeChange,
} from './proposals.ts'
export { type AnchorChange, nameOf, onRecord, putOnRecord } from './record-change.ts'
export { reviewPolicy } from './review-policy.ts'
export { anchorsAfter, type Concerned, carryOut, concernedBy, listsIn } from './steps.ts'
export { type TellParts, tellTrustChange } from './tell-others.ts'
export { asIfAdded, type FileTest, testFile } from './test-file.ts'
export { findUnrecorded, reportUnrecorded, type Unrecorded } from './unrecorded.ts'
export { watchAnchors } from './watch-anchors.ts'
