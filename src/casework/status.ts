import type { Case } from '../model/case.ts'
import type { Reader } from '../model/store.ts'
import type { Submission } from '../model/submission.ts'
import type { Day, Instant } from '../model/time.ts'
import { closingDaysInForce, localTime, workingDaysBetween } from './calendar.ts'

export type StepId = 'received' | 'checked' | 'with-caseworker' | 'answered' | 'archived'

/** One step on a case's way, as a parcel's: done with its time, current, or still waiting. */
export interface ParcelStep {
  readonly id: StepId
  readonly state: 'done' | 'current' | 'waiting'
  readonly at: Instant | null
}

/** Where a case stands, in words that need no proof of who asks. */
export interface CaseStatus {
  readonly steps: readonly ParcelStep[]
  /** 1 for the case that is next; null where it is not in the queue. */
  readonly queuePosition: number | null
  readonly dueOn: Day
  /** Working days until the answer is due; 0 today, negative where we are late. Null once answered. */
  readonly workingDaysLeft: number | null
}

/** What counts days: the time now, the zone, and the configured closing days. */
export interface Today {
  readonly now: Date
  readonly timeZone: string
  readonly closingDays: readonly string[]
}

/** Takes a case; gives the steps it took, its place in the queue and how long the answer may still take. */
export async function caseStatus(read: Reader, row: Case, today: Today): Promise<CaseStatus> {
  return {
    steps: stepsOf([
      ['received', row.receivedAt],
      ['checked', row.checkedAt],
      ['with-caseworker', row.decidedAt],
      ['answered', row.answeredAt],
      ['archived', row.archivedAt],
    ]),
    queuePosition: row.state === 'with-caseworker' ? await read.queuePosition(row.id) : null,
    dueOn: row.dueOn,
    workingDaysLeft: row.answeredAt === null ? await workingDaysLeft(read, row.dueOn, today) : null,
  }
}

/** Takes a submission that is no case yet; gives the same steps, as far as they are known. */
export function submissionSteps(submission: Submission): readonly ParcelStep[] {
  return stepsOf([
    ['received', submission.receivedAt],
    ['checked', null],
    ['with-caseworker', null],
    ['answered', null],
    ['archived', null],
  ])
}

/** Takes a due day; gives the working days from today until it: 0 on the day itself, negative where it is past. */
export async function workingDaysLeft(read: Reader, dueOn: Day, today: Today): Promise<number> {
  const closingDays = await closingDaysInForce(read, today.closingDays)
  const { day } = localTime(today.now.toISOString(), today.timeZone)
  if (day <= dueOn) return workingDaysBetween(day, dueOn, closingDays)
  // A day late is a day late, even where it is a Saturday.
  return -Math.max(1, workingDaysBetween(dueOn, day, closingDays))
}

/** The first step without a time is where the case is now. */
function stepsOf(times: readonly (readonly [StepId, Instant | null])[]): readonly ParcelStep[] {
  const current = times.findIndex(([, at]) => at === null)
  return times.map(([id, at], index) => ({
    id,
    state: index === current ? 'current' : at === null || (current >= 0 && index > current) ? 'waiting' : 'done',
    at,
  }))
}
