import { readFileSync } from 'node:fs'

/**
 * Gives the most memory that this process ever held, in MiB, as Linux keeps it. (What getrusage says of a process begins
 * with what its parent held when it started it.)
 */
export function mostMebibytes(): number {
  const [, kibibytes = ''] = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync('/proc/self/status', 'utf8')) ?? []
  return Number(kibibytes) / 1024
}

// Imported ahead of a command, it says so at the command's end.
if (process.env['BENCH_SAYS_MEMORY']) process.on('exit', () => console.error(mostMebibytes()))
