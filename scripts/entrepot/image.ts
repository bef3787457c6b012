import type { Command } from 'commander'
import { apiClient, type Client, connect } from '@/scripts/entrepot/connection'
import { onlyTeam } from '@/scripts/entrepot/declare'
import { bytes, type GlobalOptions, print, table } from '@/scripts/entrepot/output'
import { secondsOf } from '@/scripts/entrepot/status'
import { EXIT, exitCodeOf, waitForImage } from '@/scripts/entrepot/wait'
import { unwrap } from '@/server/api/client'
import { AppError } from '@/server/errors'
import type { ImageDetail, ImageInput, ResolvedTag } from '@/server/images/schema'

interface ImageOptions extends GlobalOptions {
  reason?: string
  team?: string
  project?: string
  licence?: string
  platform?: string[]
  dryRun?: boolean
  wait?: boolean
  timeout: string
}

/** `entrepot image <reference>`, and `entrepot image resolve <name:tag>`. */
export function addImageCommands(program: Command): void {
  const image = program
    .command('image')
    .description('Declare a container image by its digest, or find the digest of a tag')
    .argument('<reference>', 'such as docker.io/library/debian@sha256:…')
    // Not a required option to the parser, which would require it of `resolve` as well.
    .option('--reason <text>', 'why you need it (required)')
    .option('--team <slug>', 'the team that needs it (default: yours, if you have one)')
    .option('--project <name>', 'the project it is for')
    .option('--licence <expression>', 'SPDX licence expression')
    .option('--platform <os/arch...>', 'of an index, only these platforms (default: all)')
    .option('--dry-run', 'say what would happen, and change nothing')
    .option('--wait', 'until it is stored (exit code 0) or has failed (1)')
    .option('--timeout <seconds>', 'longest wait; then the exit code is 3', '600')
    .action((reference: string, _: unknown, command: Command) =>
      declareImage(reference, command.optsWithGlobals<ImageOptions>()),
    )
  image
    .command('resolve')
    .description('Say which digest a tag has now; nothing is declared')
    .argument('<name>', 'such as docker.io/library/debian:13')
    .action((name: string, _: unknown, command: Command) =>
      resolve(name, command.optsWithGlobals<GlobalOptions>()),
    )
}

async function declareImage(reference: string, options: ImageOptions): Promise<void> {
  const { reason } = options
  if (reason === undefined) throw new AppError('invalid', 'Say why you need it with --reason.')
  const client = apiClient(await connect(options))
  const json: ImageInput = {
    reference,
    reason,
    team: options.team ?? (await onlyTeam(client)),
    ...(options.platform !== undefined && { platforms: options.platform }),
    ...(options.project !== undefined && { project: options.project }),
    ...(options.licence !== undefined && { licence: options.licence }),
  }
  const query = { dryRun: options.dryRun ? ('true' as const) : ('false' as const) }
  const declared: ImageDetail = await unwrap(client.images.$post({ json, query }))
  if (!options.wait || options.dryRun) return print(options, declared, () => describeImage(declared))
  await waitAndPrint(client, declared.id, options)
}

async function waitAndPrint(client: Client, id: string, options: ImageOptions): Promise<void> {
  const image = await waitForImage(client, id, secondsOf(options.timeout))
  print(options, image, () => describeImage(image))
  process.exitCode = exitCodeOf([image])
  if (process.exitCode === EXIT.timeout)
    process.stderr.write('It is not stored yet; it goes on without you.\n')
}

/** An image in a few lines: state, how far it is, and what went wrong. */
export function describeImage(image: ImageDetail): string[] {
  const size = image.size === null ? '' : `  ${bytes(image.size)}`
  const parts = image.partsTotal === null ? '' : `  ${image.partsDone} of ${image.partsTotal} parts`
  const facts = [`${image.state}  ${image.reference}${size}${parts}`]
  for (const { platform, state } of image.platformTable)
    facts.push(`  ${platform ?? 'unnamed'}  ${states[state]}`)
  if (image.error !== null) facts.push(`  ${image.error}`)
  if (image.nextAttemptAt !== null) facts.push(`  next attempt at ${image.nextAttemptAt}`)
  return facts
}

const states = { mirrored: 'mirrored', waiting: 'on its way', not_chosen: 'not chosen' }

async function resolve(reference: string, options: GlobalOptions): Promise<void> {
  const client = apiClient(await connect(options))
  const found: ResolvedTag = await unwrap(client.images.resolve.$post({ json: { reference } }))
  print(options, found, () => [
    found.reference,
    ...table(found.platforms.map(({ platform, digest }) => [`  ${platform ?? 'unnamed'}`, digest])),
  ])
}
