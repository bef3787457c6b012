import { bytes } from '@/scripts/entrepot/output'
import { bar, clearLine } from '@/scripts/entrepot/wait'

/** How much of some files has gone, in one line of a terminal; of anything else nothing is written. */
export class TransferProgress {
  #sent = 0
  #total = 0

  /** @param size in bytes, of one more file. */
  add(size: number): void {
    this.#total += size
  }

  /** @param count of bytes that went. */
  advance(count: number): void {
    this.#sent += count
    if (!process.stderr.isTTY) return
    clearLine()
    process.stderr.write(`${bar(this.#sent, this.#total)} ${bytes(this.#sent)} of ${bytes(this.#total)}`)
  }

  clear(): void {
    clearLine()
  }
}
