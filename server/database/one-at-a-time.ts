import { PrismaPg } from '@prisma/adapter-pg'

/**
 * Prisma reads the relations of an `include` side by side, also inside a transaction, which has one connection. PostgreSQL answers
 * one statement after another there, and pg 9 refuses a second one before the first is answered: so they wait for each other here.
 */
export class OneAtATimeAdapter extends PrismaPg {
  override async connect() {
    const adapter = await super.connect()
    const startTransaction = adapter.startTransaction.bind(adapter)
    adapter.startTransaction = async (isolationLevel) => {
      const transaction = await startTransaction(isolationLevel)
      const inTurn = turns()
      const queryRaw = transaction.queryRaw.bind(transaction)
      const executeRaw = transaction.executeRaw.bind(transaction)
      transaction.queryRaw = (query) => inTurn(query, () => queryRaw(query))
      transaction.executeRaw = (query) => inTurn(query, () => executeRaw(query))
      return transaction
    }
    return adapter
  }
}

/** Runs each piece of work when the one before it has ended, well or not; nothing after the statement that ends the transaction. */
function turns(): <Result>(query: { sql: string }, work: () => Promise<Result>) => Promise<Result> {
  let last: Promise<unknown> = Promise.resolve()
  let isOver = false
  return async ({ sql }, work) => {
    // The connection may be somebody else's by then.
    if (isOver) throw new Error('The transaction is over.')
    isOver = ENDS.has(sql)
    const mine = last.then(work, work)
    last = mine
    return mine
  }
}

const ENDS = new Set(['COMMIT', 'ROLLBACK'])
