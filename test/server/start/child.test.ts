import { kill } from 'node:process'
import { afterEach, expect, it, vi } from 'vitest'
import { Child } from '@/server/start/child'

const never = new AbortController().signal
const children: Child[] = []
afterEach(() => Promise.all(children.splice(0).map((child) => child.stop(0, never))))

/** A child that runs this program; what it writes and what is said about it. */
function launch(program: string) {
  const lines: string[] = []
  const said: string[] = []
  const child = new Child({
    title: 'The child',
    args: ['-e', program],
    cwd: process.cwd(),
    env: process.env,
    log: (line) => lines.push(line),
    say: (sentence) => said.push(sentence),
  })
  children.push(child)
  return { child, lines, said }
}

const LIVES = `console.log('pid ' + process.pid); process.send('ready'); setInterval(() => 0, 1000)`
const pids = (lines: string[]) => lines.flatMap((line) => Number(/^pid (\d+)$/.exec(line)?.[1] ?? []))
/** What a child writes and what it sends come by different ways, and either may be first. */
const shows = (lines: string[], count: number) => vi.waitFor(() => expect(pids(lines)).toHaveLength(count))

it('is started again after it ended, and says so', async () => {
  const { child, lines, said } = launch(LIVES)
  await child.ready
  await shows(lines, 1)
  kill(pids(lines)[0] as number, 'SIGKILL')
  await vi.waitFor(() => expect(said).toContain('The child is back.'))
  expect(said[0]).toBe('The child ended (SIGKILL); starting it again in 0.5 s.')
  await shows(lines, 2)
})

it('waits longer after each end', async () => {
  const { said } = launch(`process.send('ready'); setTimeout(() => process.exit(7), 20)`)
  const ends = () => said.filter((line) => line.includes('ended')).slice(0, 3)
  await vi.waitFor(() => expect(ends()).toHaveLength(3))
  expect(ends()).toEqual([
    'The child ended (exit code 7); starting it again in 0.5 s.',
    'The child ended (exit code 7); starting it again in 1 s.',
    'The child ended (exit code 7); starting it again in 2 s.',
  ])
})

it('is given up, with its last words, when it never becomes ready', async () => {
  const { child, said } = launch(`console.error('no such thing'); process.exit(3)`)
  await expect(child.ready).rejects.toThrow(
    /The child does not start \(exit code 3\)\. It said:\nno such thing/,
  )
  expect(said).toEqual([])
})

it('may finish what it does before it is stopped', async () => {
  const { child, lines } = launch(
    `process.on('SIGTERM', () => setTimeout(() => { console.log('finished'); process.exit(0) }, 100)); ${LIVES}`,
  )
  await child.ready
  await child.stop(60_000, never)
  await vi.waitFor(() => expect(lines).toContain('finished'))
})

it('is ended by force after the grace time, and at once when hurried', async () => {
  const deaf = `process.on('SIGTERM', () => console.log('heard')); ${LIVES}`
  const slow = launch(deaf)
  await slow.child.ready
  await slow.child.stop(200, never)
  const hurried = launch(deaf)
  await hurried.child.ready
  const hurry = new AbortController()
  const stopped = hurried.child.stop(60_000, hurry.signal)
  await vi.waitFor(() => expect(hurried.lines).toContain('heard'))
  hurry.abort()
  await stopped
})

it('is replaced without a word', async () => {
  const { child, lines, said } = launch(LIVES)
  await child.ready
  child.replace()
  await shows(lines, 2)
  expect(said).toEqual([])
})
