import type { Command } from 'commander'
import { apiClient, connect } from '@/scripts/entrepot/connection'
import { bytes, type GlobalOptions, print, table } from '@/scripts/entrepot/output'
import { unwrap } from '@/server/api/client'

/** `entrepot apt list|search|undo`. */
export function addAptCommands(program: Command): void {
  const command = program
    .command('apt')
    .description('See what Debian repositories have, and take a move back')
  command
    .command('list')
    .description('List the repositories with their branches')
    .action((_: unknown, one: Command) => list(one.optsWithGlobals()))
  command
    .command('search <name>')
    .description('Say in which branches a package is')
    .option('--repo <name>', 'in this repository only')
    .option('--strict', 'this very name; otherwise any part of it')
    .action((name: string, _: unknown, one: Command) => search(name, one.optsWithGlobals()))
  command
    .command('undo <move>')
    .description('Take a move back: everything that it moved goes to where it was')
    .action((id: string, _: unknown, one: Command) => undo(id, one.optsWithGlobals()))
}

async function list(options: GlobalOptions): Promise<void> {
  const client = apiClient(await connect(options))
  const { items } = await unwrap(client.apt.repositories.$get({ query: { limit: '500' } }))
  print(options, items, () =>
    table([
      ['REPOSITORY', 'BRANCH', 'PACKAGES', 'SOURCES', 'SIZE', 'PUBLISHED'],
      ...items.flatMap(({ name, branches }) =>
        branches.map((branch) => [
          ...[name, branch.name, String(branch.packages), String(branch.sources), bytes(branch.size)],
          branch.publishedAt ?? 'never',
        ]),
      ),
    ]),
  )
}

async function search(
  pkg: string,
  options: GlobalOptions & { repo?: string; strict?: boolean },
): Promise<void> {
  const client = apiClient(await connect(options))
  const query = {
    pkg,
    ...(options.repo !== undefined && { repo: options.repo }),
    ...(options.strict && { strict: 'true' }),
  }
  const { result } = await unwrap(client.search.$get({ query }))
  print(options, result, () =>
    table(
      result.map((one) => [
        ...[
          one.repository,
          one.environment,
          one.package,
          one.version,
          one.architectures.join(','),
          one.source,
        ],
      ]),
    ),
  )
}

async function undo(id: string, options: GlobalOptions): Promise<void> {
  const client = apiClient(await connect(options))
  const move = await unwrap(client.apt.moves[':id'].undo.$post({ param: { id }, query: {} }))
  print(options, move, () => [`Everything is where it was before. The move that did it is ${move.id}.`])
}
