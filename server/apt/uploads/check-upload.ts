import type { AptUpload, AptUploadFile } from '@/prisma/client/client'
import { type Changes, parseChanges } from '@/server/apt/format/changes'
import { FormatError } from '@/server/apt/format/format-error'
import type { TrustedKey } from '@/server/apt/keys/verify-signature'
import type { FileDigests } from '@/server/apt/packages/describe-deb'
import { differenceOf } from '@/server/apt/packages/describe-source'
import type { NewPackage } from '@/server/apt/packages/new-package'
import type { SignaturePolicy } from '@/server/apt/schema'
import { checkChanges } from '@/server/apt/uploads/check-changes'
import { checkSignature } from '@/server/apt/uploads/check-signature'
import { kindOfFile } from '@/server/apt/uploads/file-kind'
import { readTextFile } from '@/server/apt/uploads/read-changes'
import { readPackages } from '@/server/apt/uploads/read-packages'
import { Report } from '@/server/apt/uploads/report'
import type { Context } from '@/server/context'

/** The repository as checks need it. */
export interface CheckedRepository {
  id: string
  name: string
  components: readonly string[]
  architectures: readonly string[]
  contents: boolean
  signaturePolicy: SignaturePolicy
  allowOlder: boolean
}

/** What checking found; with an error in the report the upload is to be rejected. */
export interface CheckedUpload {
  report: Report
  /** Undefined where the .changes cannot be read. */
  changes: Changes | undefined
  /** The uploader's key that counted. */
  signer: TrustedKey | null
  /** Listed and not yet there. */
  missing: string[]
  packages: NewPackage[]
}

/**
 * Checks an upload by itself, without a look at what its branch has: the signature, what the .changes says, that every file
 * is there with every hash, and that every package is what it is said to be. A .changes that is refused for itself is
 * refused before its files have come.
 */
export async function checkUpload(
  ctx: Context,
  repository: CheckedRepository,
  upload: AptUpload & { files: AptUploadFile[] },
): Promise<CheckedUpload> {
  const report = new Report()
  const nothing = { report, changes: undefined, signer: null, missing: [], packages: [] }
  const own = upload.files.find(({ name }) => name === upload.changesName)
  if (own === undefined) return nothing
  const signed = await readSigned(ctx, { repository, report, file: own })
  if (signed === undefined) return nothing
  const changes = attempt(report, own.name, () => parseChanges(signed.text))
  if (changes === undefined) return { ...nothing, signer: signed.signer }
  checkChanges(changes, { ...repository, branch: upload.branch }, report)
  const files = new Map(upload.files.map((file) => [file.name, { ...file, size: Number(file.size) }]))
  const missing = changes.files.map(({ name }) => name).filter((name) => !files.has(name))
  compareFiles(changes, files, report)
  const checked = { report, changes, signer: signed.signer, missing }
  if (report.code !== undefined || missing.length > 0) return { ...checked, packages: [] }
  const dsc = changes.files.find(({ name }) => kindOfFile(name) === 'dsc')
  const dscFile = dsc && files.get(dsc.name)
  const signedDsc =
    dscFile &&
    (await readSigned(ctx, { repository, report, file: { ...dscFile, name: dsc.name }, isPart: true }))
  const packages = await readPackages(ctx, { changes, files, repository, dscText: signedDsc?.text }, report)
  return { ...checked, packages }
}

interface SignedFile {
  repository: CheckedRepository
  report: Report
  file: { name: string; sha256: string }
  /** Belongs to a .changes that vouches for it: it need not be signed itself. */
  isPart?: boolean
}

async function readSigned(
  ctx: Context,
  { repository, report, file, isPart = false }: SignedFile,
): Promise<{ text: string; signer: TrustedKey | null } | undefined> {
  try {
    const text = await readTextFile(ctx, file)
    return await checkSignature(ctx, { repository, text, report, file: file.name, isPart })
  } catch (error) {
    if (!(error instanceof FormatError)) throw error
    report.error(error.message, { file: file.name })
    return undefined
  }
}

function attempt<Result>(report: Report, file: string, read: () => Result): Result | undefined {
  try {
    return read()
  } catch (error) {
    if (!(error instanceof FormatError)) throw error
    report.error(error.message, { file })
    return undefined
  }
}

function compareFiles(changes: Changes, files: ReadonlyMap<string, FileDigests>, report: Report): void {
  for (const listed of changes.files) {
    const found = files.get(listed.name)
    const difference = found && differenceOf(listed, found)
    if (difference !== undefined) {
      report.error(`It is not what the .changes lists: ${difference}.`, { file: listed.name })
    }
  }
}
