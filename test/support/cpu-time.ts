/**
 * Runs work and gives the processor time that this process took for it, in milliseconds: what others do on the same
 * machine does not count, so that a bound holds on a busy one too.
 */
export async function cpuTimeMs(work: () => unknown): Promise<number> {
  const before = process.cpuUsage()
  await work()
  const { user, system } = process.cpuUsage(before)
  return (user + system) / 1000
}
