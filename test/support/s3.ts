import { mkdtemp, rm } from 'node:fs/promises'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import S3rver from 's3rver'

/**
 * Takes a request itself, and says so; the storage sees the others. It lets a test be the storage that s3rver is not, for
 * s3rver knows no AbortMultipartUpload (405), no ListMultipartUploads (501), no UploadPartCopy (501), and no lists of more
 * than a thousand objects (its continuation tokens use a cipher that Node no longer has).
 */
export type Intercept = (request: IncomingMessage, response: ServerResponse) => boolean

export interface TestS3 {
  /** `http://127.0.0.1:…` */
  endpoint: string
  bucket: string
  /** `s3://bucket/prefix?endpoint=…`. */
  place(prefix?: string): string
  /** `METHOD path?query` of all requests so far. */
  requests: string[]
  intercept: Intercept
  close(): Promise<void>
}

/** An S3 storage on the loopback that checks signatures; the SDK finds its credentials in the environment. */
export async function startS3(): Promise<TestS3> {
  process.env.AWS_ACCESS_KEY_ID = 'S3RVER'
  process.env.AWS_SECRET_ACCESS_KEY = 'S3RVER'
  const directory = await mkdtemp(join(tmpdir(), 'entrepot-s3-'))
  const bucket = 'entrepot'
  const options = { directory, silent: true, vhostBuckets: false, configureBuckets: [{ name: bucket }] }
  const storage = new S3rver(options)
  await storage.configureBuckets()
  const handle = storage.callback()
  const server = createServer((request, response) => {
    s3.requests.push(`${request.method} ${request.url}`)
    if (!s3.intercept(request, response)) handle(request, response)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const s3: TestS3 = {
    endpoint,
    bucket,
    place: (prefix = '') => `s3://${bucket}/${prefix}?endpoint=${endpoint}`,
    requests: [],
    intercept: () => false,
    async close() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
      await rm(directory, { recursive: true, force: true })
    },
  }
  return s3
}
