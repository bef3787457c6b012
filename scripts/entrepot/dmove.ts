import type { Command } from 'commander'
import { apiClient, type Client, connect } from '@/scripts/entrepot/connection'
import { type GlobalOptions, print, table } from '@/scripts/entrepot/output'
import { EXIT } from '@/scripts/entrepot/wait'
import { unwrap } from '@/server/api/client'
import type { MoveInput, MoveOutcome, MovePlan } from '@/server/apt/moves/schema'

interface MoveOptions extends GlobalOptions {
  copy?: boolean
  dryRun?: boolean
  reason?: string
  wait: boolean
}

/** What release tools look for in the output. */
const COMPLETE = 'Dmove successfully complete'

/** `entrepot dmove <repo> <to> <package> <version> <from>`, in the order that the command of old has. */
export function addDmoveCommand(program: Command): void {
  program
    .command('dmove <repo> <to> <package> <version> <from>')
    .description('Move a source version and all its packages from one branch to another')
    .option('--copy', 'leave them in the branch where they are, too')
    .option('--dry-run', 'say what would happen, and change nothing')
    .option('--reason <text>', 'why')
    .option('--no-wait', 'fail instead of waiting while somebody else changes a branch')
    .action(
      (repository: string, to: string, name: string, version: string, from: string, _, command: Command) =>
        dmove({ repository, to, from, packages: [{ package: name, version }] }, command.optsWithGlobals()),
    )
}

async function dmove(input: MoveInput, options: MoveOptions): Promise<void> {
  const client: Client = apiClient(await connect(options))
  const { copy, reason } = options
  const json: MoveInput = { ...input, ...(copy && { copy }), ...(reason !== undefined && { reason }) }
  const query = {
    dryRun: options.dryRun ? ('true' as const) : ('false' as const),
    wait: options.wait ? ('1' as const) : ('0' as const),
  }
  const done: MoveOutcome = await unwrap(client.apt.moves.$post({ json, query }))
  print(options, done, () => describeOutcome(done, json))
  // It is not moved, and nothing failed: as with what is still on its way.
  if (done.outcome === 'waits_for_approval') process.exitCode = EXIT.timeout
}

/** What became of a move, in lines. */
function describeOutcome(
  { outcome, plan, move, request }: MoveOutcome,
  { from, to, copy }: MoveInput,
): string[] {
  if (outcome === 'already_there') return [`It is in ${to} already.`, COMPLETE]
  const lines = describePlan(plan, { from, to, copy: copy === true })
  if (outcome === 'planned') {
    return [
      ...lines,
      plan.needsApproval ? `${to} takes it once somebody else approves.` : 'Nothing was changed.',
    ]
  }
  if (outcome === 'waits_for_approval') {
    return [...lines, `The request ${request?.id ?? ''} waits until somebody else approves it.`]
  }
  return [...lines, `move ${move?.id ?? ''}`, COMPLETE]
}

function describePlan(
  plan: MovePlan,
  { from, to, copy }: { from: string; to: string; copy: boolean },
): string[] {
  const name = ({ name: one, version, architecture }: MovePlan['moves'][number]) => [
    one,
    version,
    architecture,
  ]
  const verb = copy ? 'copy' : 'move'
  return [
    ...table(plan.moves.map((one) => [`${verb}  ${from} → ${to}`, ...name(one)])),
    ...table(plan.already.map((one) => [`in ${to} already`, ...name(one)])),
    ...table(plan.replaces.map((one) => [one.leaves ? `leaves ${to}` : 'comes before', ...name(one)])),
    ...plan.problems.map(({ message }) => `! ${message}`),
  ]
}
