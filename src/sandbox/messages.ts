import type { ErrorCode } from '../model/errors.ts'

export type TaskKind = 'normalise' | 'verify' | 'certificates' | 'stamp'

/** Parent to child: run that task of that module. */
export interface TaskRequest {
  readonly module: string
  readonly input: unknown
  /** A part of the input that comes with one task after another. */
  readonly standing?: Standing
}

/** The value is there where the child has not got it yet, or not any more: see createStanding. */
export interface Standing {
  readonly name: string
  readonly id: number
  readonly value?: unknown
}

/** Child to parent, once: it is up and waits for work. */
export interface ReadyReply {
  readonly kind: 'ready'
}

/** Child to parent, once per request. Messages of uncoded faults stay in the child: they may quote the document. */
export type TaskReply =
  | { readonly kind: 'done'; readonly value: unknown }
  | { readonly kind: 'fault'; readonly code: ErrorCode; readonly message: string }
  | { readonly kind: 'crash'; readonly name: string; readonly frames: readonly string[] }

/** What a task module exports. */
export interface TaskModule {
  readonly task: (input: unknown) => unknown
}
