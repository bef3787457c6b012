/** Milliseconds of processor time that work takes: what else the machine has to do meanwhile does not count. */
export function cpuTimeOf(work: () => void): number {
  const before = process.cpuUsage()
  work()
  const { user, system } = process.cpuUsage(before)
  return (user + system) / 1000
}
