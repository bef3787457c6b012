import { text } from 'node:stream/consumers'
import type { Command } from 'commander'
import { apiClient, type Client, connect } from '@/scripts/entrepot/connection'
import { type GlobalOptions, print, table } from '@/scripts/entrepot/output'
import { describe, secondsOf } from '@/scripts/entrepot/status'
import { EXIT, waitForFiles } from '@/scripts/entrepot/wait'
import { unwrap } from '@/server/api/client'
import { AppError } from '@/server/errors'
import type { FilesInput } from '@/server/mirror/schema'

interface DeclareOptions extends GlobalOptions {
  reason: string
  team?: string
  project?: string
  licence?: string
  sha256?: string
  dryRun?: boolean
  wait?: boolean
  timeout: string
}

const outcomes = {
  new: 'will be fetched',
  use: 'known; a use is added',
  known: 'your team uses it already',
  repeat: 'given twice',
}

/** `entrepot declare <url…>`; without URLs they are read from standard input, one a line. */
export function addDeclareCommand(program: Command): void {
  program
    .command('declare [url...]')
    .description('Declare files by URL; without URLs, one a line from standard input')
    .requiredOption('--reason <text>', 'why you need it')
    .option('--team <slug>', 'the team that needs it (default: yours, if you have one)')
    .option('--project <name>', 'the project it is for')
    .option('--licence <expression>', 'SPDX licence expression')
    .option('--sha256 <hex>', 'the hash it must have (one URL only)')
    .option('--dry-run', 'say what would happen, and change nothing')
    .option('--wait', 'until all are stored (exit code 0) or one has failed (1)')
    .option('--timeout <seconds>', 'longest wait; then the exit code is 3', '600')
    .action((urls: string[], _: unknown, command: Command) =>
      declare(urls, command.optsWithGlobals<DeclareOptions>()),
    )
}

async function declare(given: string[], options: DeclareOptions): Promise<void> {
  const client = apiClient(await connect(options))
  const urls = given.length > 0 ? given : await linesOfInput()
  if (options.sha256 !== undefined && urls.length !== 1)
    throw new AppError('invalid', '--sha256 belongs to one URL.')
  const json: FilesInput = {
    files: urls.map((uri) => ({ uri, ...(options.sha256 !== undefined && { sha256: options.sha256 }) })),
    reason: options.reason,
    team: options.team ?? (await onlyTeam(client)),
    ...(options.project !== undefined && { project: options.project }),
    ...(options.licence !== undefined && { licence: options.licence }),
  }
  const query = { dryRun: options.dryRun ? ('true' as const) : ('false' as const) }
  const declared = await unwrap(client.files.batch.$post({ json, query }))
  const ids = [...new Set(declared.items.flatMap(({ id }) => id ?? []))]
  if (!options.wait || options.dryRun) {
    print(options, declared, () =>
      table(declared.items.map(({ uri, outcome, id }) => [uri, outcomes[outcome], id ?? ''])),
    )
    return
  }
  const { files, exitCode } = await waitForFiles(client, ids, secondsOf(options.timeout))
  print(options, files, () => files.flatMap(describe))
  process.exitCode = exitCode
  if (exitCode === EXIT.timeout) process.stderr.write('Not all are stored yet; they go on without you.\n')
}

async function linesOfInput(): Promise<string[]> {
  if (process.stdin.isTTY) process.stderr.write('One URL a line; end with Ctrl-D.\n')
  const lines = (await text(process.stdin)).split('\n').map((line) => line.trim())
  const urls = lines.filter((line) => line !== '' && !line.startsWith('#'))
  if (urls.length === 0) throw new AppError('invalid', 'Give at least one URL.')
  return urls
}

/** The team of who declares, where there is but one. @throws AppError `invalid`. */
export async function onlyTeam(client: Client): Promise<string> {
  const { teams } = await unwrap(client.me.$get())
  const [only] = teams
  if (only !== undefined && teams.length === 1) return only.slug
  const slugs = teams.map(({ slug }) => slug).join(', ')
  throw new AppError('invalid', `Say for which team with --team${slugs ? `: ${slugs}` : ''}.`)
}
