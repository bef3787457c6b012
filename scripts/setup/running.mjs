// @ts-check
import { resolve } from 'node:path'
import { holderOf } from '../../server/start/hold.mjs'
import { SetupFailure } from './command.mjs'

/** Before anything is rebuilt below an Entrepôt that runs. The supervisor decides again, and for good. */
export async function refuseIfRunning() {
  const data = resolve(process.env.ENTREPOT_DATA || 'data')
  const holder = await holderOf(data)
  if (holder) throw new SetupFailure(`Entrepôt already runs on ${data} (pid ${holder.pid ?? 'unknown'}).`)
}
