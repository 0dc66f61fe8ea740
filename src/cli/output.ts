/** Text on its way out: written in large pieces, as each write of a thousand small ones is a call to the system. */
export interface Output {
  write(text: string): void
  /** Writes what is still held. */
  end(): void
}

const PIECE_CHARACTERS = 64 * 1024
/** Whoever watches sees an answer no later than this after the one before it. */
const HELD_MS = 200

/** Takes what writes a piece at once; the first text goes out at once, too. */
export function createOutput(writePiece: (text: string) => void): Output {
  let held = ''
  let writtenAt = Number.NEGATIVE_INFINITY
  const flush = (): void => {
    if (held !== '') writePiece(held)
    held = ''
    writtenAt = performance.now()
  }
  return {
    write: (text) => {
      held += text
      if (held.length >= PIECE_CHARACTERS || performance.now() - writtenAt >= HELD_MS) flush()
    },
    end: flush,
  }
}

let watched = false

/** Writes to standard output. Who stops reading (`| head`) has read enough: the command ends, as others do, by SIGPIPE's code. */
export function writeToStdout(text: string): void {
  if (!watched) {
    watched = true
    process.stdout.on('error', (fault: NodeJS.ErrnoException) => {
      if (fault.code !== 'EPIPE') throw fault
      process.exit(128 + 13)
    })
  }
  process.stdout.write(text)
}
