import { createReadStream } from 'node:fs'
import { readFile, stat } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { Readable, Transform } from 'node:stream'
import type { Command } from 'commander'
import { apiClient, type Client, type Connection, connect } from '@/scripts/entrepot/connection'
import { type GlobalOptions, print } from '@/scripts/entrepot/output'
import { TransferProgress } from '@/scripts/entrepot/transfer-progress'
import { unwrap } from '@/server/api/client'
import { type Changes, parseChanges } from '@/server/apt/format/changes'
import { FormatError } from '@/server/apt/format/format-error'
import { parseClearsigned } from '@/server/apt/keys/clearsign'
import type { RepositoryDetail } from '@/server/apt/schema'
import type { PackageUploaded } from '@/server/apt/uploads/schema'
import { AppError } from '@/server/errors'
import type { Problem } from '@/server/http/schema'

interface UploadOptions extends GlobalOptions {
  repo?: string
  branch?: string
  component?: string
}

/** What became of one file on the command line. */
interface Sent {
  file: string
  branch: string
  accepted: boolean
  /** What the server said, in lines. */
  report: string[]
}

/** Packages under way at a time: those that arrive together are published together. */
const AT_ONCE = 4
const PACKAGE = /\.(u|d)?deb$/

/** `entrepot upload <file…>`. */
export function addUploadCommand(program: Command): void {
  program
    .command('upload <file...>')
    .description('Upload Debian packages: .deb files each by itself, a .changes with all that it lists')
    .option('--repo <name>', 'the repository (default: the only one there is)')
    .option('--branch <name>', 'where to (default: what a .changes says, else the first branch)')
    .option('--component <name>', 'of .deb files whose section names none')
    .action((files: string[], _: unknown, command: Command) => upload(files, command.optsWithGlobals()))
}

async function upload(files: string[], options: UploadOptions): Promise<void> {
  const other = files.find((file) => !PACKAGE.test(file) && !file.endsWith('.changes'))
  if (other !== undefined) {
    throw new AppError('invalid', `${other} is no package, and no .changes: that is what brings a source.`)
  }
  const connection = await connect(options)
  const repository = await chosenRepository(apiClient(connection), options.repo)
  const sending = new Sending(connection, repository, options)
  const sets = await Promise.all(files.map(readSet))
  await sending.expect(sets.flatMap(({ parts }) => parts))
  const results: Sent[] = []
  const waiting = [...sets]
  const work = async () => {
    for (let set = waiting.shift(); set !== undefined; set = waiting.shift()) {
      const sent =
        set.changes === undefined ? await sending.sendPackage(set.file) : await sending.sendSet(set)
      results.push(sent)
      sending.progress.clear()
      if (!options.json) print(options, sent, () => describe(repository, sent))
    }
  }
  await Promise.all(Array.from({ length: AT_ONCE }, work))
  if (options.json) print(options, results, () => [])
  if (results.some(({ accepted }) => !accepted)) process.exitCode = 1
}

interface FileSet {
  file: string
  changes: Changes | undefined
  /** Files in the order in which they go. */
  parts: string[]
}

/** @throws AppError `invalid` for a .changes that cannot be read. */
async function readSet(file: string): Promise<FileSet> {
  if (!file.endsWith('.changes')) return { file, changes: undefined, parts: [file] }
  try {
    const text = await readFile(file, 'utf8')
    const changes = parseChanges(parseClearsigned(text)?.text ?? text)
    return { file, changes, parts: [...changes.files.map(({ name }) => join(dirname(file), name)), file] }
  } catch (error) {
    if (error instanceof FormatError) throw new AppError('invalid', `${file}: ${error.message}`)
    throw unreadable(file, error)
  }
}

const unreadable = (file: string, error: unknown) =>
  new AppError('invalid', `${file} cannot be read: ${error instanceof Error ? error.message : error}`)

async function chosenRepository(client: Client, name: string | undefined): Promise<RepositoryDetail> {
  if (name !== undefined) return unwrap(client.apt.repositories[':repo'].$get({ param: { repo: name } }))
  const { items } = await unwrap(client.apt.repositories.$get({ query: {} }))
  const [only] = items
  if (only === undefined || items.length > 1) {
    const names = items.map((one) => one.name).join(', ')
    throw new AppError('invalid', `Say to which repository with --repo${names ? `: ${names}` : ''}.`)
  }
  return unwrap(client.apt.repositories[':repo'].$get({ param: { repo: only.name } }))
}

class Sending {
  readonly progress = new TransferProgress()
  readonly #connection: Connection
  readonly #repository: RepositoryDetail
  readonly #options: UploadOptions
  readonly #sizes = new Map<string, number>()

  constructor(connection: Connection, repository: RepositoryDetail, options: UploadOptions) {
    this.#connection = connection
    this.#repository = repository
    this.#options = options
  }

  /** @throws AppError `invalid` for a file that is not there. */
  async expect(files: readonly string[]): Promise<void> {
    for (const file of files) {
      const { size } = await stat(file).catch((error: unknown) => Promise.reject(unreadable(file, error)))
      this.#sizes.set(file, size)
      this.progress.add(size)
    }
  }

  async sendPackage(file: string): Promise<Sent> {
    const { component } = this.#options
    const branch = this.#options.branch ?? (this.#repository.branches[0]?.name as string)
    const query = new URLSearchParams({ branch, ...(component !== undefined && { component }) })
    const path = `/api/v1/apt/repositories/${this.#repository.name}/packages?${query}`
    const type = 'application/vnd.debian.binary-package'
    const answer = await this.#send({ method: 'POST', path, file, type })
    const said = (await answer.json()) as PackageUploaded | Problem
    if ('wasStored' in said) {
      return {
        file,
        branch,
        accepted: true,
        report: said.wasStored ? ['The repository had it already.'] : [],
      }
    }
    return { file, branch, accepted: false, report: [said.detail ?? `The server answered ${answer.status}.`] }
  }

  /** The files that a .changes lists, then itself, as dput does it. */
  async sendSet({ file, changes, parts }: FileSet): Promise<Sent> {
    const branch = this.#options.branch ?? (changes?.distribution as string)
    for (const part of parts) {
      const path = `/upload/${this.#repository.name}/${branch}/${encodeURIComponent(basename(part))}`
      const answer = await this.#send({ method: 'PUT', path, file: part, type: 'application/octet-stream' })
      const report = (await answer.text()).trimEnd().split('\n')
      if (!answer.ok || part === file) return { file, branch, accepted: answer.ok, report }
    }
    throw new Error('A .changes is the last of its files.')
  }

  async #send(one: { method: 'POST' | 'PUT'; path: string; file: string; type: string }): Promise<Response> {
    const { url, token } = this.#connection
    const { progress } = this
    const counted = new Transform({
      transform(chunk: Buffer, _encoding, done) {
        progress.advance(chunk.length)
        done(null, chunk)
      },
    })
    const body = createReadStream(one.file)
      .on('error', (error) => counted.destroy(error))
      .pipe(counted)
    return fetch(`${url}${one.path}`, {
      method: one.method,
      headers: {
        authorization: `Bearer ${token}`,
        'content-type': one.type,
        'content-length': String(this.#sizes.get(one.file) ?? 0),
      },
      body: Readable.toWeb(body) as ReadableStream,
      duplex: 'half',
    } as RequestInit)
  }
}

function describe({ name }: RepositoryDetail, { file, branch, accepted, report }: Sent): string[] {
  const first = `${accepted ? 'accepted' : 'rejected'}  ${basename(file)}  ${name}/${branch}`
  return [first, ...report.map((line) => `  ${line}`)]
}
