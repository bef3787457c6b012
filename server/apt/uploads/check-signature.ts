import { readCleartextMessage, readKey, verify } from 'openpgp'
import { FormatError } from '@/server/apt/format/format-error'
import { parseClearsigned } from '@/server/apt/keys/clearsign'
import type { CheckedRepository } from '@/server/apt/uploads/check-upload'
import type { Report } from '@/server/apt/uploads/report'
import type { Context } from '@/server/context'

interface Signed {
  repository: Pick<CheckedRepository, 'id' | 'signaturePolicy'>
  /** As it was sent, signature and all. */
  text: string
  report: Report
  /** Its name, for the report. */
  file: string
  /** Belongs to a .changes that vouches for it: it need not be signed itself. */
  isPart: boolean
}

/**
 * Checks the signature of a .changes or .dsc as the repository wants it: `required` and `optional` let only uploaders of the
 * repository sign, `off` does not look. What is wrong goes to the report.
 * @returns the text that was signed, or all of it where nothing is; and who signed, by fingerprint.
 * @throws FormatError when the frame of the signature is broken.
 */
export async function checkSignature(
  ctx: Context,
  { repository, text, report, file, isPart }: Signed,
): Promise<{ text: string; signer: string | null }> {
  const signed = parseClearsigned(text)
  const inner = signed?.text ?? text
  const { signaturePolicy } = repository
  if (signaturePolicy === 'off') return { text: inner, signer: null }
  if (signed === undefined) {
    if (signaturePolicy === 'required' && !isPart) {
      report.error('It is not signed, and this repository takes signed uploads only.', {
        file,
        code: 'forbidden',
      })
    }
    return { text: inner, signer: null }
  }
  const found = await signerOf(ctx, repository.id, text)
  if ('signer' in found) return found
  report.error(found.fault, { file, code: 'forbidden' })
  return { text: inner, signer: null }
}

/** Who signed, with the text as it was verified. */
async function signerOf(
  ctx: Context,
  repositoryId: string,
  text: string,
): Promise<{ signer: string; text: string } | { fault: string }> {
  const uploaders = await ctx.db.aptUploader.findMany({ where: { repositoryId } })
  const verificationKeys = await Promise.all(
    uploaders.map(({ publicKey }) => readKey({ armoredKey: publicKey })),
  )
  const message = await readCleartextMessage({ cleartextMessage: text }).catch(() => {
    throw new FormatError('Its signature cannot be read.')
  })
  const { data, signatures } = await verify({ message, verificationKeys, date: ctx.now() })
  const faults: string[] = []
  for (const { keyID, verified } of signatures) {
    const key = verificationKeys.find((one) => one.getKeyIDs().some((id) => id.equals(keyID)))
    if (key === undefined) {
      faults.push(
        `It is signed by the key ${keyID.toHex().toUpperCase()}, which is no uploader’s of this repository.`,
      )
      continue
    }
    const fingerprint = key.getFingerprint().toUpperCase()
    const { expiresAt } = uploaders[verificationKeys.indexOf(key)] ?? {}
    if (expiresAt && expiresAt <= ctx.now()) {
      faults.push(`It is signed by ${fingerprint}, a key that has expired.`)
      continue
    }
    try {
      await verified
      return { signer: fingerprint, text: `${data.trimEnd()}\n` }
    } catch (error) {
      faults.push(`Its signature by ${fingerprint} is not good: ${(error as Error).message}.`)
    }
  }
  return { fault: faults[0] ?? 'It has no signature inside its frame.' }
}
