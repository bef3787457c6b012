import { z } from 'zod'
import { repositoryParam } from '@/server/apt/schema'
import { instant } from '@/server/http/schema'

export const aptKey = z
  .object({
    id: z.uuid(),
    origin: z.enum(['generated', 'imported']),
    fingerprint: z.string(),
    /** `Ed25519`, `RSA-4096`. */
    algorithm: z.string(),
    userId: z.string(),
    publicKey: z.string(),
    expiresAt: instant.nullable(),
    retiredAt: instant.nullable(),
    createdAt: instant,
    /** What today's apt would object to; empty for a good key. */
    warnings: z.array(z.string()),
  })
  .meta({ id: 'AptKey' })
export type AptKey = z.infer<typeof aptKey>

/** `POST …/keys`: one is generated, or an armored private key is imported. */
export const aptKeyInput = z.discriminatedUnion('origin', [
  z.object({
    origin: z.literal('generated'),
    algorithm: z.enum(['ed25519', 'rsa4096']).default('ed25519'),
    /** Days until it expires; null for never. */
    validDays: z.number().int().min(1).max(7300).nullable().default(null),
  }),
  z.object({
    origin: z.literal('imported'),
    privateKey: z.string().min(1).max(100_000),
    passphrase: z.string().max(1000).optional(),
  }),
])
export type AptKeyInput = z.infer<typeof aptKeyInput>

export const uploader = z
  .object({
    id: z.uuid(),
    name: z.string(),
    fingerprint: z.string(),
    publicKey: z.string(),
    expiresAt: instant.nullable(),
    createdAt: instant,
    warnings: z.array(z.string()),
  })
  .meta({ id: 'AptUploader' })
export type Uploader = z.infer<typeof uploader>

export const uploaderInput = z.object({
  /** The key's first user id unless told. */
  name: z.string().trim().min(1).max(200).optional(),
  publicKey: z.string().min(1, 'Paste an armored public key.').max(200_000),
})
export type UploaderInput = z.infer<typeof uploaderInput>

export const keyParam = repositoryParam.extend({ id: z.uuid() })
