import { type TrustedKey, verifyClearsigned } from '@/server/apt/keys/verify-signature'
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
 * @returns the text that was signed, or all of it where nothing is; and the uploader's key that signed it.
 * @throws FormatError when something stands outside what was signed.
 */
export async function checkSignature(
  ctx: Context,
  { repository, text, report, file, isPart }: Signed,
): Promise<{ text: string; signer: TrustedKey | null }> {
  const { id: repositoryId, signaturePolicy } = repository
  const keys = signaturePolicy === 'off' ? [] : await ctx.db.aptUploader.findMany({ where: { repositoryId } })
  const verdict = await verifyClearsigned(text, keys, ctx.now())
  const signer = keys.find(({ fingerprint }) => fingerprint === verdict.fingerprint) ?? null
  const outcome = { text: verdict.text, signer }
  if (signaturePolicy === 'off') return outcome
  const fault = verdict.signed
    ? verdict.problem
    : signaturePolicy === 'required' && !isPart
      ? 'It is not signed, and this repository takes signed uploads only.'
      : undefined
  if (fault !== undefined) report.error(fault, { file, code: 'forbidden' })
  return outcome
}
