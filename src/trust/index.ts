export { enabledAnchors, isInForce, trustListVersion } from '../model/trust-list.ts'
export { type AnchorCandidate, mustBeSmall, readAnchorFile, readCertificate } from './anchor-file.ts'
export { type AnchorFacts, type AnchorWarning, judgeAnchor, mustBeFitAsAnchor } from './anchor-rules.ts'
export { type AnchorInWords, describeAnchor } from './anchor-words.ts'
export {
  addAnchor,
  addAnchors,
  type ChangeOfTrust,
  disableAnchor,
  enableAnchor,
  planRejudge,
  removeAnchor,
} from './anchors.ts'
export {
  type CandidateAnchor,
  type CandidateAnchors,
  type CandidateParts,
  createCandidateFinder,
  type MissingIssuer,
} from './candidate-anchors.ts'
export { type CatalogueEntry, loadCatalogue } from './catalogue.ts'
export { type Effects, effectsOf, type PlannedChange, type VerdictEffect } from './effects.ts'
export { plainFingerprint } from './fingerprint.ts'
export { type Gathered, type GatherParts, gather, startAsking, wantedOf } from './gather.ts'
export { type GatherForKeepingParts, gatherForKeeping } from './gather-for-keeping.ts'
export { rejudgeCase, verifySubmission } from './judge.ts'
export type { JudgeParts } from './judge-document.ts'
export { type JudgedTimeStamp, type JudgeTimeStampParts, judgeTimeStamp, timestampAnchors } from './judge-time-stamp.ts'
export { type SignerOutsideTrust, signersOutsideTrust } from './outside-trust.ts'
export { watchAnchors } from './watch-anchors.ts'
