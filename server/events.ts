import { EventEmitter } from 'node:events'
import { setTimeout as pause } from 'node:timers/promises'
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
 * @throws what PostgreSQL answers to the first connection.
 */
export async function listen(pool: Pool, log: Logger): Promise<Notices> {
  const emitter = new EventEmitter().setMaxListeners(0)
  const closing = new AbortController()
  const open = () => openEar(pool, (payload) => deliver(emitter, payload, log), log)
  let ear: Ear | undefined = await open()

  async function reopen(): Promise<Ear | undefined> {
    while (!closing.signal.aborted) {
      await pause(RECONNECT_MS, undefined, { ref: false, signal: closing.signal }).catch(() => undefined)
      try {
        return closing.signal.aborted ? undefined : await open()
      } catch (error) {
        log.debug({ err: error }, 'notices: not yet reconnected')
      }
    }
    return undefined
  }

  async function keepOpen(): Promise<void> {
    while (ear) {
      await ear.ended
      ear = await reopen()
      if (ear) for (const topic of emitter.eventNames()) emitter.emit(topic, undefined)
      if (closing.signal.aborted) await ear?.close()
    }
  }

  const kept = keepOpen()
  return {
    on(topic, listener) {
      emitter.on(topic, listener)
      return () => emitter.off(topic, listener)
    },
    async close() {
      closing.abort()
      await ear?.close()
      await kept
    },
  }
}

/** A connection that listens. */
interface Ear {
  /** Settles when the connection is gone. */
  readonly ended: Promise<void>
  close(): Promise<void>
}

/** One that cannot be opened leaves nothing behind: what ends is reopened by whoever waits for `ended`, and by nobody else. */
async function openEar(pool: Pool, hear: (payload: string | undefined) => void, log: Logger): Promise<Ear> {
  const client = new Client({ ...pool.options, application_name: 'entrepot-listen' })
  const ended = new Promise<void>((resolve) => {
    client.on('end', () => resolve())
  })
  client.on('notification', ({ payload }) => hear(payload))
  client.on('error', (error) => log.warn({ err: error }, 'lost the connection for notices'))
  try {
    await client.connect()
    await client.query(`LISTEN ${CHANNEL}`)
  } catch (error) {
    await client.end().catch(() => undefined)
    throw error
  }
  return { ended, close: () => client.end() }
}

function deliver(emitter: EventEmitter, payload: string | undefined, log: Logger): void {
  try {
    const notice = JSON.parse(payload ?? '') as Notice
    emitter.emit(notice.topic, notice.id)
  } catch (error) {
    log.warn({ err: error, payload }, 'a notice could not be read')
  }
}
