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
      transaction.queryRaw = (query) => inTurn(() => queryRaw(query))
      transaction.executeRaw = (query) => inTurn(() => executeRaw(query))
      return transaction
    }
    return adapter
  }
}

/** Runs each piece of work when the one before it has ended, well or not. */
function turns(): <Result>(work: () => Promise<Result>) => Promise<Result> {
  let last: Promise<unknown> = Promise.resolve()
  return (work) => {
    const mine = last.then(work, work)
    last = mine
    return mine
  }
}
