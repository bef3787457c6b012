import { EventEmitter } from 'node:events'
import { Client, type Pool } from 'pg'
import type { Db, Tx } from '@/server/db'
import type { Logger } from '@/server/logger'

/** What processes tell one another through PostgreSQL. Small: receivers read the row themselves. */
export interface Notice {
  topic:
    | ('task' | 'task-cancel' | 'file' | 'image' | 'repository' | 'access' | 'authority' | 'token')
    | ('apt' | 'archive')
  /** The row; absent when many changed at once. */
  id?: string
}

const CHANNEL = 'entrepot'
const RECONNECT_MS = 1000

/** Sends a notice when the transaction commits, to every process including this one. */
export async function notify(tx: Tx | Db, notice: Notice): Promise<void> {
  await tx.$executeRaw`SELECT pg_notify(${CHANNEL}, ${JSON.stringify(notice)})`
}

export interface Notices {
  /** Calls back for each notice of the topic; returns the way to stop. */
  on(topic: Notice['topic'], listener: (id: string | undefined) => void): () => void
  close(): Promise<void>
}

/**
 * Listens on one connection of its own, for the whole process. After a lost connection it reconnects, and then tells
 * every listener “something may have changed” (no id), because notices sent meanwhile are gone.
 */
export async function listen(pool: Pool, log: Logger): Promise<Notices> {
  const emitter = new EventEmitter().setMaxListeners(0)
  let closed = false
  let client: Client | undefined

  async function connect(): Promise<void> {
    const next = new Client({ ...pool.options, application_name: 'entrepot-listen' })
    next.on('notification', ({ payload }) => deliver(emitter, payload, log))
    next.on('error', (error) => log.warn({ err: error }, 'lost the connection for notices'))
    next.on('end', () => void reconnect())
    await next.connect()
    await next.query(`LISTEN ${CHANNEL}`)
    client = next
  }

  async function reconnect(): Promise<void> {
    while (!closed) {
      await new Promise((resolve) => setTimeout(resolve, RECONNECT_MS).unref())
      try {
        await connect()
        for (const topic of emitter.eventNames()) emitter.emit(topic, undefined)
        return
      } catch (error) {
        log.debug({ err: error }, 'notices: not yet reconnected')
      }
    }
  }

  await connect()
  return {
    on(topic, listener) {
      emitter.on(topic, listener)
      return () => emitter.off(topic, listener)
    },
    async close() {
      closed = true
      await client?.end()
    },
  }
}

function deliver(emitter: EventEmitter, payload: string | undefined, log: Logger): void {
  try {
    const notice = JSON.parse(payload ?? '') as Notice
    emitter.emit(notice.topic, notice.id)
  } catch (error) {
    log.warn({ err: error, payload }, 'a notice could not be read')
  }
}
