import type { IncomingMessage } from 'node:http'
import type { Socket } from 'node:net'
import { HotBlobs } from '@/server/blobs/hot-blobs'
import type { Context } from '@/server/context'
import type { Notices } from '@/server/events'
import { Delivery } from '@/server/http/deliver'
import { openHttpServer } from '@/server/http/hardened-server'
import type { Metrics } from '@/server/http/metrics'
import type { NodeResponse } from '@/server/http/write-answer'
import { ImageAnswerer } from '@/server/images/answer-image'
import { MirroredFinder } from '@/server/images/find-mirrored'
import { DownloadCounter } from '@/server/mirror/download-counter'
import { FileFinder } from '@/server/mirror/find-file'
import { MissRecorder } from '@/server/mirror/miss-recorder'
import { UrlAnswerer } from '@/server/proxy/answer-url'
import { openConnector, refuseNested, tunnelOf } from '@/server/proxy/connect'
import { openHttp2 } from '@/server/proxy/http2-entry'
import { Leaves } from '@/server/proxy/leaves'
import { ownPage } from '@/server/proxy/own-pages'
import { ProxyCredentials } from '@/server/proxy/proxy-credentials'
import { RequestServer } from '@/server/proxy/serve-request'

export interface ProxyListener {
  readonly port: number
  /** Accepts no more, lets requests under way finish, and writes what was counted. */
  close(): Promise<void>
}

interface Parts {
  ctx: Context
  notices: Notices
  metrics: Metrics
}

/**
 * The proxy port: absolute-form requests and CONNECT, both answered from what is stored. One HTTP/1.1 server speaks on every
 * connection, accepted or tunnelled, so that there is one set of bounds; HTTP/2 has its own.
 */
export async function openProxy(
  { ctx, notices, metrics }: Parts,
  place: { host: string; port: number },
): Promise<ProxyListener> {
  const files = new FileFinder(ctx, notices)
  const misses = new MissRecorder(ctx)
  const downloads = new DownloadCounter(ctx)
  const imageDownloads = new DownloadCounter(ctx, 'image')
  const mirrored = new MirroredFinder(ctx, notices)
  const hot = new HotBlobs()
  const images = new ImageAnswerer({ ctx, hot, misses, finder: mirrored, downloads: imageDownloads })
  const credentials = new ProxyCredentials(ctx, notices)
  const leaves = new Leaves(ctx, notices)
  const requests = new RequestServer({
    ...{ ctx, credentials },
    urls: new UrlAnswerer({ ctx, files, images, misses, downloads, hot }),
    delivery: new Delivery({ log: ctx.log, traffic: metrics.traffic('proxy') }),
    ownPage: (target, fields) => ownPage(ctx, target, fields),
  })
  metrics.gauge('entrepot_leaves_minted', 'Certificates forged since the start', () => leaves.minted)
  const http1 = await openHttpServer(place, (request, response) => requests.serve(request, response))
  // Node's types do not say that its HTTP/2 responses take flat lists of headers as well.
  const http2 = openHttp2((request, response) => requests.serve(request, response as unknown as NodeResponse))
  const connector = openConnector({
    ...{ credentials, leaves, log: ctx.log },
    acceptHttp1: (socket) => void http1.server.emit('connection', socket),
    acceptHttp2: (socket) => http2.accept(socket),
  })
  http1.server.on('connect', (request: IncomingMessage, socket: Socket, head: Buffer) => {
    if (tunnelOf(socket) === undefined) connector.connect(request, socket, head)
    else refuseNested(socket)
  })
  return {
    port: http1.port,
    async close() {
      connector.close()
      http2.close()
      await http1.close()
      for (const part of [files, mirrored, credentials, leaves]) part.close()
      await Promise.all([misses.close(), downloads.close(), imageDownloads.close()])
    },
  }
}
