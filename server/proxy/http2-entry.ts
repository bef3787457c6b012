import {
  createServer,
  type Http2Server,
  type Http2ServerRequest,
  type Http2ServerResponse,
  type ServerHttp2Session,
} from 'node:http2'
import type { TLSSocket } from 'node:tls'
import { limits } from '@/server/http/hardened-server'

/** HTTP/2 for connections that are accepted elsewhere. */
interface Http2Entry {
  /** Serves HTTP/2 on a connection whose client chose it. */
  accept(socket: TLSSocket): void
  /** Lets open streams finish and no new ones begin. */
  close(): void
}

const SWEEP_MS = 5_000

/**
 * The HTTP/2 side (RFC 9113), bounded against what the protocol lets a client do: streams at a time, sizes of header lists,
 * floods of settings, pings, resets and broken frames, and sessions that are kept up without ever asking for anything.
 */
export function openHttp2(
  handle: (request: Http2ServerRequest, response: Http2ServerResponse) => void,
): Http2Entry {
  const server = createServer(
    {
      settings: { maxConcurrentStreams: 100, maxHeaderListSize: limits.headerSize, enablePush: false },
      maxHeaderListPairs: 100,
      maxSettings: 16,
      maxOutstandingPings: 4,
      maxSessionInvalidFrames: 100,
      maxSessionRejectedStreams: 100,
      maxSessionMemory: 8,
      unknownProtocolTimeout: limits.headers,
    },
    handle,
  )
  const sessions = watchSessions(server)
  server.on('sessionError', (_error, session: ServerHttp2Session) => session.destroy())
  const sweep = setInterval(() => {
    const since = Date.now() - limits.keepAlive
    for (const [session, use] of sessions) if (use.streams === 0 && use.at < since) session.close()
  }, SWEEP_MS).unref()
  return {
    accept(socket) {
      server.emit('connection', socket)
      // A session waits for the end of the handshake, which a TLS socket that no tls.Server made does not announce.
      socket.emit('secureConnect')
    },
    close() {
      clearInterval(sweep)
      for (const session of sessions.keys()) session.close()
    },
  }
}

interface Use {
  /** When a stream began or ended last. */
  at: number
  streams: number
}

function watchSessions(server: Http2Server): Map<ServerHttp2Session, Use> {
  const sessions = new Map<ServerHttp2Session, Use>()
  server.on('session', (session: ServerHttp2Session) => {
    const use = { at: Date.now(), streams: 0 }
    sessions.set(session, use)
    session.setTimeout(limits.stalled, () => session.destroy())
    session.on('close', () => sessions.delete(session))
    session.on('stream', (stream) => {
      use.streams += 1
      use.at = Date.now()
      stream.on('error', () => stream.destroy())
      stream.on('close', () => {
        use.streams -= 1
        use.at = Date.now()
      })
    })
  })
  return sessions
}
