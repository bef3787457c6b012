import type { Command } from 'commander'
import { apiClient, connect } from '@/scripts/entrepot/connection'
import { type GlobalOptions, print, table } from '@/scripts/entrepot/output'
import { unwrap } from '@/server/api/client'
import { type Scope, scope } from '@/server/auth/schema'
import { AppError } from '@/server/errors'

interface CreateOptions extends GlobalOptions {
  scope: string[]
  team?: string
  days: string
}

/** `entrepot token create|list|revoke`. */
export function addTokenCommands(program: Command): void {
  const command = program.command('token').description('Make, list and revoke your API tokens')
  command
    .command('create <name>')
    .description('Make a token; its secret is shown this once')
    .requiredOption('--scope <scope...>', `what it may do: ${scope.options.join(', ')}`)
    .option('--team <slug>', 'the team it speaks for')
    .option('--days <days>', 'until it expires; 0 for never', '90')
    .action((name: string, _: unknown, command: Command) => create(name, command.optsWithGlobals()))
  command
    .command('list')
    .description('List your tokens')
    .option('--all', 'those of everyone (administrators)')
    .action((_: unknown, command: Command) => list(command.optsWithGlobals()))
  command
    .command('revoke <id>')
    .description('Revoke a token by its id')
    .action((id: string, _: unknown, command: Command) => revoke(id, command.optsWithGlobals()))
}

async function create(name: string, options: CreateOptions): Promise<void> {
  const client = apiClient(await connect(options))
  const days = Number(options.days)
  if (!Number.isInteger(days) || days < 0) throw new AppError('invalid', '--days takes a number of days.')
  const json = {
    name,
    scopes: options.scope.map(asScope),
    expiresInDays: days === 0 ? null : days,
    ...(options.team !== undefined && { team: options.team }),
  }
  const made = await unwrap(client.tokens.$post({ json, query: {} }))
  print(options, made, () => [made.secret])
}

async function list(options: GlobalOptions & { all?: boolean }): Promise<void> {
  const client = apiClient(await connect(options))
  const query = { limit: '500', ...(options.all && { all: 'true' as const }) }
  const { items } = await unwrap(client.tokens.$get({ query }))
  print(options, items, () =>
    table([
      ['ID', 'NAME', 'SCOPES', 'OWNER', 'EXPIRES', 'LAST USED'],
      ...items.map((token) => [
        token.id,
        token.name,
        token.scopes.join(','),
        token.owner.name,
        token.revokedAt ? 'revoked' : (token.expiresAt?.slice(0, 10) ?? 'never'),
        token.lastUsedAt?.slice(0, 10) ?? 'never',
      ]),
    ]),
  )
}

async function revoke(id: string, options: GlobalOptions): Promise<void> {
  const client = apiClient(await connect(options))
  const token = await unwrap(client.tokens[':id'].$delete({ param: { id }, query: {} }))
  print(options, token, () => [`Revoked “${token.name}” (${token.prefix}…).`])
}

function asScope(text: string): Scope {
  const parsed = scope.safeParse(text)
  if (parsed.success) return parsed.data
  throw new AppError('invalid', `“${text}” is no scope. There are: ${scope.options.join(', ')}.`)
}
