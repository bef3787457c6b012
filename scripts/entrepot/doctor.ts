import type { Command } from 'commander'
import type { Check, Finding } from '@/scripts/entrepot/checks/finding'
import { database, gateway } from '@/scripts/entrepot/checks/installation'
import { apiToken, clock, nodeVersion, portal } from '@/scripts/entrepot/checks/portal'
import { authority, proxy } from '@/scripts/entrepot/checks/proxy'
import { storage } from '@/scripts/entrepot/checks/storage'
import { connect } from '@/scripts/entrepot/connection'
import { type GlobalOptions, print } from '@/scripts/entrepot/output'

const checks: Check[] = [nodeVersion, portal, apiToken, clock, authority, proxy, gateway, database, storage]
const marks = { good: '✓', bad: '✗', unknown: '–' }

/** `entrepot doctor`. */
export function addDoctorCommand(program: Command): void {
  program
    .command('doctor')
    .description('Check the installation, and say what to do about what is wrong (exit code 1)')
    .action((_: unknown, command: Command) => doctor(command.optsWithGlobals<GlobalOptions>()))
}

async function doctor(options: GlobalOptions): Promise<void> {
  const connection = await connect(options)
  const findings: (Finding & { name: string })[] = []
  for (const check of checks) {
    const finding = { name: check.name, ...(await check.run(connection)) }
    findings.push(finding)
    if (!options.json) print(options, finding, () => linesOf(finding))
  }
  if (options.json) print(options, findings, () => [])
  if (findings.some(({ state }) => state === 'bad')) process.exitCode = 1
}

function linesOf(finding: Finding & { name: string }): string[] {
  const first = `${marks[finding.state]} ${finding.name.padEnd(10)} ${finding.detail}`
  return finding.state === 'bad' ? [first, `             ${finding.advice}`] : [first]
}
