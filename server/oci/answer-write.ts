import type { Readable } from 'node:stream'
import type { Context } from '@/server/context'
import type { Answer } from '@/server/http/answer'
import type { RequestFields } from '@/server/http/request-fields'
import type { Caller } from '@/server/oci/access/caller'
import { bareAnswer } from '@/server/oci/answers'
import { appendChunk } from '@/server/oci/append-chunk'
import { deleteBlob } from '@/server/oci/delete-blob'
import { deleteManifest } from '@/server/oci/delete-manifest'
import { deleteTag } from '@/server/oci/delete-tag'
import { isDigest } from '@/server/oci/digest'
import { RegistryFault } from '@/server/oci/faults'
import { cancelUpload, finishUpload } from '@/server/oci/finish-upload'
import { MAX_MANIFEST_BYTES } from '@/server/oci/manifest'
import { mountBlob } from '@/server/oci/mount-blob'
import { isRepositoryName, isTag } from '@/server/oci/name'
import { pushBlob } from '@/server/oci/push-blob'
import { pushManifest } from '@/server/oci/push-manifest'
import { checkedDigest, type RegistryRoute } from '@/server/oci/route'
import { startUpload } from '@/server/oci/start-upload'
import { openUpload, uploadHeaders } from '@/server/oci/upload'
import type { Cluster } from '@/server/storage/clusters'

export interface Writing<Kind extends RegistryRoute['kind']> {
  ctx: Context
  fields: RequestFields
  cluster: Cluster
  caller: Caller
  route: Extract<RegistryRoute, { kind: Kind }>
  body(): Readable
}

/** Tags that one request may set beside a digest. */
const MAX_TAGS = 100

/** POST: mounts a blob, takes it whole, or begins an upload. */
export async function answerPost(asked: Writing<'uploads'>): Promise<Answer> {
  const { ctx, cluster, caller, route } = asked
  const { name, query } = route
  const mount = query.get('mount')
  if (mount !== null) {
    const source = query.get('from')
    const from = source !== null && isRepositoryName(source) ? source : undefined
    const digest = checkedDigest(mount)
    const isNameable = source === null || from !== undefined
    if (isNameable && (await mountBlob(ctx, cluster, caller, { name, digest, from })))
      return createdBlob(name, digest)
  }
  const claimed = mount === null ? query.get('digest') : null
  if (claimed !== null) {
    const digest = checkedDigest(claimed)
    await pushBlob(ctx, cluster, { name, digest, body: asked.body() })
    return createdBlob(name, digest)
  }
  // Both algorithms are taken without being announced; one that is not is better refused before the bytes come.
  const announced = query.get('digest-algorithm') ?? 'sha256'
  if (announced !== 'sha256' && announced !== 'sha512') {
    throw new RegistryFault('DIGEST_INVALID', `“${announced.slice(0, 50)}” is not sha256 or sha512.`)
  }
  const id = await startUpload(ctx, cluster, caller, { name })
  return bareAnswer(202, uploadHeaders(name, id, 0))
}

/** PATCH: the next chunk. */
export async function answerPatch({ ctx, cluster, fields, route, body }: Writing<'upload'>): Promise<Answer> {
  const { name, id } = route
  const upload = await openUpload(ctx, cluster, { name, id })
  const contentRange = fields.contentRange
  const { received } = await appendChunk(ctx, cluster, upload, { body: body(), contentRange })
  return bareAnswer(202, uploadHeaders(name, id, received))
}

/** PUT: the last chunk, if there is one, and the digest of all. */
export async function answerPut({ ctx, cluster, fields, route, body }: Writing<'upload'>): Promise<Answer> {
  const { name, id, query } = route
  const digest = checkedDigest(query.get('digest') ?? '')
  const upload = await openUpload(ctx, cluster, { name, id })
  const brings =
    fields.contentLength !== undefined ? fields.contentLength !== '0' : fields.transferEncoding !== undefined
  const whole = brings
    ? await appendChunk(ctx, cluster, upload, { body: body(), contentRange: fields.contentRange })
    : upload
  await finishUpload(ctx, cluster, whole, digest)
  return createdBlob(name, digest)
}

/** GET: where an upload stands. */
export async function answerUpload({
  ctx,
  cluster,
  route: { name, id },
}: Writing<'upload'>): Promise<Answer> {
  const { received } = await openUpload(ctx, cluster, { name, id })
  return bareAnswer(204, uploadHeaders(name, id, received))
}

/** DELETE: an upload that nobody wants any more. */
export async function answerCancel({
  ctx,
  cluster,
  route: { name, id },
}: Writing<'upload'>): Promise<Answer> {
  await cancelUpload(ctx, cluster, await openUpload(ctx, cluster, { name, id }))
  return bareAnswer(204)
}

/** PUT of a manifest, by tag or by digest; beside a digest, `tag` in the query may name tags (distribution-spec, main). */
export async function answerPutManifest(asked: Writing<'manifest'>): Promise<Answer> {
  const { ctx, cluster, caller, fields, route } = asked
  const { name, reference, query } = route
  const byDigest = isDigest(reference)
  const named = query.getAll('tag')
  const tags = byDigest ? named : [reference, ...named]
  const bad = tags.find((tag) => !isTag(tag))
  if (bad !== undefined) throw new RegistryFault('TAG_INVALID', `“${bad.slice(0, 200)}” is not a tag.`)
  if (tags.length > MAX_TAGS)
    throw new RegistryFault('TAG_INVALID', `A push may set ${MAX_TAGS} tags at most.`)
  const { digest, subject } = await pushManifest(ctx, cluster, caller, {
    ...{ name, tags, content: await readBounded(asked), contentType: fields.contentType },
    ...(byDigest && { digest: reference }),
  })
  return bareAnswer(201, [
    ...['Location', `/v2/${name}/manifests/${digest}`, 'Docker-Content-Digest', digest],
    ...(subject === undefined ? [] : ['OCI-Subject', subject]),
    ...(named.length === 0 ? [] : named.flatMap((tag) => ['OCI-Tag', tag])),
  ])
}

/** DELETE of a manifest by digest, or of a tag alone. */
export async function answerDeleteManifest({
  ctx,
  cluster,
  caller,
  route,
}: Writing<'manifest'>): Promise<Answer> {
  const { name, reference } = route
  if (isDigest(reference)) await deleteManifest(ctx, cluster, caller, { name, digest: reference })
  else await deleteTag(ctx, cluster, caller, { name, tag: reference })
  return bareAnswer(202)
}

export async function answerDeleteBlob({
  ctx,
  cluster,
  caller,
  route: { name, digest },
}: Writing<'blob'>): Promise<Answer> {
  await deleteBlob(ctx, cluster, caller, { name, digest })
  return bareAnswer(202, ['Docker-Content-Digest', digest])
}

function createdBlob(name: string, digest: string): Answer {
  return bareAnswer(201, ['Location', `/v2/${name}/blobs/${digest}`, 'Docker-Content-Digest', digest])
}

/** A manifest is small, and is read whole; a larger body is not read to its end. */
async function readBounded({ fields, body }: Writing<'manifest'>): Promise<Buffer> {
  const chunks: Buffer[] = []
  let size = 0
  if (Number(fields.contentLength ?? 0) > MAX_MANIFEST_BYTES) throw tooLarge()
  for await (const chunk of body().iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
    size += chunk.length
    if (size > MAX_MANIFEST_BYTES) throw tooLarge()
    chunks.push(chunk)
  }
  return Buffer.concat(chunks)
}

function tooLarge(): RegistryFault {
  return new RegistryFault('TOO_LARGE', `A manifest may have ${MAX_MANIFEST_BYTES} bytes.`)
}
