import pino from 'pino'
import type { Log } from './model/ports.ts'

/**
 * Makes the structured log: JSON lines on standard error, so that standard output stays a command's answer.
 * Facts are the callers' (never contents, numbers or tokens). Lines are written beside the work: whoever reads them
 * and stalls must not stall the gateway.
 */
export function createLog(level: 'info' | 'warn' | 'silent' = 'info'): Log {
  const logger = pino(
    { level, base: null, timestamp: pino.stdTimeFunctions.isoTime },
    pino.destination({ dest: 2, sync: false }),
  )
  return {
    info: (facts, message) => logger.info(facts, message),
    warn: (facts, message) => logger.warn(facts, message),
    error: (facts, message) => logger.error(facts, message),
  }
}
