export type { ApprovedCopyParts } from './approved-copy.ts'
export {
  addWorkingDays,
  closingDaysInForce,
  isWorkingDay,
  localTime,
  nextWorkingDay,
  WORKING_DAY_ENDS,
  workingDayOf,
  workingDaysBetween,
} from './calendar.ts'
export { type CarryOutParts, carryOutApproval, carryOutRejection } from './carry-out.ts'
export { caseTypeById } from './case-facts.ts'
export { formatCaseNumber, parseCaseNumber } from './case-number.ts'
export { type ChannelChoice, type ChosenChannel, channelChoice, chooseChannel } from './choose-channel.ts'
export { citizenKeyTimes } from './citizen-key-times.ts'
export { withdrawKey } from './citizen-keys.ts'
export { approveCase, type DecideParts, rejectCase } from './decide.ts'
export { type Genuine, lookUpGenuine } from './genuine.ts'
export { easterSunday, publicHolidays } from './holidays.ts'
export { joinCases } from './join-cases.ts'
export { type LookUpKeyParts, lookUpSendersKey } from './look-up-key.ts'
export { type NewLinkChoice, type NewLinkParts, newLinkChoice, revokeLinks, sendNewLink } from './new-link.ts'
export { type OneTimeCodeParts, redeemCode, requestCode } from './one-time-code.ts'
export { type OpenCaseParts, openCase } from './open-case.ts'
export type { DescribeVerdict, LetterLinks, MayAnswer, ProveSender, SenderProof } from './ports.ts'
export {
  type KeyChoice,
  keyChoice,
  type OfferedKey,
  offerKey,
  type ProveKeyParts,
  proveKey,
  type ReadOfferedKey,
} from './prove-key.ts'
export { takeUp } from './set-aside.ts'
export { settleLetter } from './settle-letter.ts'
export {
  type CaseStatus,
  caseStatus,
  type ParcelStep,
  type StepId,
  submissionSteps,
  type Today,
  workingDaysLeft,
} from './status.ts'
export { findToken, lookUpTracking, revokeToken, revokeTrackingOf, type Tracked } from './tokens.ts'
export { findUntold, settleToldOtherwise } from './told-otherwise.ts'
