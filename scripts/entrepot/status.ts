import type { Command } from 'commander'
import { apiClient, type Client, connect } from '@/scripts/entrepot/connection'
import { bytes, type GlobalOptions, print } from '@/scripts/entrepot/output'
import { waitForFiles } from '@/scripts/entrepot/wait'
import { unwrap } from '@/server/api/client'
import { AppError } from '@/server/errors'
import type { FileDetail } from '@/server/mirror/schema'

interface StatusOptions extends GlobalOptions {
  wait?: boolean
  timeout: string
}

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i

/** `entrepot status [url|id]`. */
export function addStatusCommand(program: Command): void {
  program
    .command('status [file]')
    .description('Say how a file fares (by URL or id), or how the whole installation does')
    .option('--wait', 'until it is stored (exit code 0) or has failed (1)')
    .option('--timeout <seconds>', 'longest wait; then the exit code is 3', '600')
    .action((file: string | undefined, _: unknown, command: Command) =>
      status(file, command.optsWithGlobals<StatusOptions>()),
    )
}

async function status(file: string | undefined, options: StatusOptions): Promise<void> {
  const client = apiClient(await connect(options))
  if (file === undefined) return overview(client, options)
  const id = UUID.test(file) ? file : await idOf(client, file)
  const { files, exitCode } = await waitForFiles(client, [id], options.wait ? secondsOf(options.timeout) : 0)
  print(options, files[0], () => files.flatMap(describe))
  process.exitCode = options.wait || exitCode === 1 ? exitCode : 0
}

/** Milliseconds of `--timeout`. @throws AppError `invalid`. */
export function secondsOf(text: string): number {
  const seconds = Number(text)
  if (!(seconds >= 0)) throw new AppError('invalid', '--timeout takes a number of seconds.')
  return seconds * 1000
}

/** A file in a few lines: state, what it is, and what went wrong. */
export function describe(file: FileDetail): string[] {
  const size = file.size === null ? '' : `  ${bytes(file.size)}`
  const facts = [`${file.state}  ${file.uri}${size}`]
  if (file.sha256 !== null) facts.push(`  sha256 ${file.sha256}`)
  if (file.error !== null) facts.push(`  ${file.error}`)
  if (file.nextAttemptAt !== null) facts.push(`  next attempt at ${file.nextAttemptAt}`)
  return facts
}

async function idOf(client: Client, url: string): Promise<string> {
  const { items } = await unwrap(client.files.$get({ query: { q: url, limit: '50' } }))
  const normal = URL.canParse(url) ? new URL(url).href : url
  const found = items.find(({ uri }) => uri === url || uri === normal)
  if (!found) throw new AppError('not_found', `${url} is not declared.`)
  return found.id
}

async function overview(client: Client, options: GlobalOptions): Promise<void> {
  const { files, bytes: stored, openMisses, runningTasks } = await unwrap(client.overview.$get())
  const result = { files, bytes: stored, openMisses, runningTasks }
  print(options, result, () => [
    `${files.stored} stored (${bytes(stored)}), ${files.pending} pending, ${files.fetching} fetching, ${files.failed} failed`,
    `${openMisses} misses to decide, ${runningTasks} tasks running`,
  ])
}
