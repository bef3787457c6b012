import { readdir, stat } from 'node:fs/promises'
import { connect } from 'node:net'
import { join } from 'node:path'
import { afterAll, expect, it, vi } from 'vitest'
import { clusterBlobKey } from '@/server/oci/blob-keys'
import { sweepRegistry } from '@/server/oci/sweep-registry'
import { createSecret } from '@/test/support/api'
import { type BuiltBlob, buildImage } from '@/test/support/build-image'
import { type Child, kill, startChild } from '@/test/support/child'
import { openTestContext } from '@/test/support/context'
import { createActor } from '@/test/support/people'
import {
  basic,
  beginUpload,
  blobPath,
  finishing,
  manifestPath,
  newBlob,
  pushBlob,
  putManifest,
  type RegistryClient,
  registryClient,
} from '@/test/support/registry-client'

/* kill -9 of the gateway at every moment of a push: what was taken stays, what was not is not there, and the rest goes on. */

// Each test starts processes, twice or more often.
vi.setConfig({ testTimeout: 300_000 })

const ctx = await openTestContext()
const secret = await createSecret(ctx, await createActor(ctx, 'administrator'), { scopes: ['read', 'push'] })
const name = 'killed/image'
const { storage } = ctx.clusters.named('default')

const children: Child[] = []
afterAll(() => {
  for (const child of children) child.kill('SIGKILL')
})

async function startGateway(): Promise<{ client: RegistryClient; kill(): Promise<void> }> {
  const { child, output } = await startChild(ctx, 'gateway-child.ts')
  children.push(child)
  return {
    client: registryClient(`http://127.0.0.1:${output}`, basic('x', secret)),
    kill: () => kill(child),
  }
}

const chunk = ({ bytes }: BuiltBlob, start: number, end: number) => ({
  headers: { 'content-range': `${start}-${end}` },
  body: bytes.subarray(start, end + 1),
})

/** Runs something while statements of others wait for this one; gives what they were waiting in. */
async function whileHeld(statement: string, run: () => Promise<void>): Promise<void> {
  const holder = await ctx.pool.connect()
  try {
    await holder.query('BEGIN')
    await holder.query(statement)
    await run()
  } finally {
    await holder.query('ROLLBACK')
    holder.release()
  }
}

const waiting = async () => {
  const { rows } = await ctx.pool.query(
    `SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`,
  )
  expect(rows.length).toBeGreaterThan(0)
}

const keys = async (prefix: string) => {
  const found: string[] = []
  for await (const key of storage.list(prefix)) found.push(key)
  return found
}

it('between two chunks: the upload goes on where it was', async () => {
  const blob = newBlob(3000)
  const first = await startGateway()
  const location = await beginUpload(first.client, name)
  expect((await first.client.patch(location, chunk(blob, 0, 999))).status).toBe(202)
  await first.kill()

  const { client, kill: stop } = await startGateway()
  const state = await client.get(location)
  expect([state.status, state.header('range')]).toEqual([204, '0-999'])
  expect((await client.patch(location, chunk(blob, 1000, 2999))).status).toBe(202)
  expect((await client.put(finishing(location, blob.digest, client.base))).status).toBe(201)
  expect((await client.get(blobPath(name, blob.digest))).body.equals(blob.bytes)).toBe(true)
  await stop()
})

it('in the middle of a chunk: nothing of that chunk counts', async () => {
  const blob = newBlob(3_000_000)
  const first = await startGateway()
  const location = await beginUpload(first.client, name)
  await first.client.patch(location, chunk(blob, 0, 999_999))
  const { port } = new URL(first.client.base)
  const head = [
    ...[`PATCH ${location} HTTP/1.1`, 'Host: 127.0.0.1', `Authorization: ${first.client.authorization}`],
    'Content-Length: 2000000\r\n\r\n',
  ]
  const socket = connect(Number(port), '127.0.0.1').on('error', () => undefined)
  socket.write(head.join('\r\n'))
  socket.write(blob.bytes.subarray(1_000_000, 2_500_000))
  const drafts = join(ctx.env.ENTREPOT_DATA, 'storage/.tmp')
  await vi.waitFor(async () => {
    const [draft = ''] = await readdir(drafts)
    expect((await stat(join(drafts, draft))).size).toBeGreaterThan(1_000_000)
  })
  await first.kill()

  const { client, kill: stop } = await startGateway()
  expect((await client.get(location)).header('range')).toBe('0-999999')
  expect((await client.patch(location, chunk(blob, 1_000_000, 2_999_999))).status).toBe(202)
  expect((await client.put(finishing(location, blob.digest, client.base))).status).toBe(201)
  await stop()
})

it('while an upload is finished: the blob is not there, and finishing again makes it be there', async () => {
  for (const chunks of [1, 2]) {
    const blob = newBlob(2000)
    const first = await startGateway()
    const location = await beginUpload(first.client, name)
    const size = 2000 / chunks
    for (let at = 0; at < 2000; at += size) await first.client.patch(location, chunk(blob, at, at + size - 1))
    const closing = finishing(location, blob.digest, first.client.base)
    // Its bytes are in their place by then, and the repository does not have it yet.
    await whileHeld('LOCK TABLE repository_blobs IN ACCESS EXCLUSIVE MODE', async () => {
      const cutOff = first.client.put(closing).catch((error: Error) => error)
      await vi.waitFor(waiting)
      await first.kill()
      expect(await cutOff).toBeInstanceOf(Error)
    })

    const { client, kill: stop } = await startGateway()
    expect((await client.head(blobPath(name, blob.digest))).status).toBe(404)
    expect((await client.get(location)).status).toBe(204)
    expect((await client.put(finishing(location, blob.digest, client.base))).status).toBe(201)
    expect((await client.get(blobPath(name, blob.digest))).body.equals(blob.bytes)).toBe(true)
    await stop()
  }
})

it('while a manifest is put: neither it nor its tag is there, and the next push takes it', async () => {
  const image = buildImage({ layers: ['killed'] })
  const first = await startGateway()
  for (const blob of image.blobs) await pushBlob(first.client, name, blob)
  await whileHeld('LOCK TABLE tags IN ACCESS EXCLUSIVE MODE', async () => {
    const cutOff = putManifest(first.client, name, image, { reference: 'v1' }).catch((error: Error) => error)
    await vi.waitFor(waiting)
    await first.kill()
    expect(await cutOff).toBeInstanceOf(Error)
  })

  const { client, kill: stop } = await startGateway()
  for (const reference of ['v1', image.digest])
    expect((await client.get(manifestPath(name, reference))).status).toBe(404)
  expect((await putManifest(client, name, image, { reference: 'v1' })).status).toBe(201)
  expect((await client.get(manifestPath(name, 'v1'))).body.equals(image.bytes)).toBe(true)
  await stop()
})

it('while an upload is finished that nobody goes on with: its bytes are swept', async () => {
  const blob = newBlob(2000)
  const first = await startGateway()
  const location = await beginUpload(first.client, name)
  await first.client.patch(location, chunk(blob, 0, 1999))
  await whileHeld('LOCK TABLE repository_blobs IN ACCESS EXCLUSIVE MODE', async () => {
    const cutOff = first.client
      .put(finishing(location, blob.digest, first.client.base))
      .catch((error: Error) => error)
    await vi.waitFor(waiting)
    await first.kill()
    await cutOff
  })
  expect(await storage.stat(clusterBlobKey(blob.digest))).toBeDefined()
  await sweepRegistry(ctx, 0)
  expect(await storage.stat(clusterBlobKey(blob.digest))).toBeUndefined()
})

it('leaves nothing behind that a sweep does not take, and no manifest without its blobs', async () => {
  await sweepRegistry(ctx, 0)
  await vi.waitFor(async () => expect(await ctx.db.upload.count()).toBe(0))
  expect(await keys('uploads/')).toEqual([])
  const stored = (await keys('docker/registry/v2/blobs/')).length
  expect(stored).toBe(await ctx.db.clusterBlob.count({ where: { cluster: 'default' } }))
  const incomplete = await ctx.pool.query(
    `SELECT 1 FROM manifest_parts part LEFT JOIN repository_blobs held
       ON held.repository_id = part.repository_id AND held.digest = part.digest
     WHERE part.kind <> 'manifest' AND held.digest IS NULL`,
  )
  expect(incomplete.rows).toEqual([])
})
