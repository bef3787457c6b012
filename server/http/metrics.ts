import { Counter, collectDefaultMetrics, Gauge, Registry } from 'prom-client'

/** Numbers of one surface, e.g. the proxy. They are plain fields, so that counting costs an addition; /metrics reads them. */
export interface Traffic {
  /** Answers by the first digit of their status, `[0]` unused. */
  answers: [number, number, number, number, number, number]
  /** Bytes of bodies. */
  bytes: number
}

export interface Metrics {
  /** The numbers of a surface; asked for twice, the same object. */
  traffic(surface: string): Traffic
  /** A number that is read when somebody looks. */
  gauge(name: string, help: string, read: () => number): void
  /** The Prometheus text format, version 0.0.4. */
  text(): Promise<string>
  readonly contentType: string
}

let shared: Metrics | undefined

/** The metrics of this process, which all surfaces that it serves share. */
export function metrics(): Metrics {
  shared ??= openMetrics()
  return shared
}

/** Metrics that begin at nothing; memory and event loop of the process are among them. */
export function openMetrics(): Metrics {
  const registry = new Registry()
  collectDefaultMetrics({ register: registry })
  const surfaces = new Map<string, Traffic>()
  new Counter({
    name: 'entrepot_answers_total',
    help: 'Answers by surface and class of status',
    labelNames: ['surface', 'status'],
    registers: [registry],
    collect() {
      this.reset()
      for (const [surface, { answers }] of surfaces) {
        for (const [digit, count] of answers.entries()) {
          if (count > 0) this.inc({ surface, status: `${digit}xx` }, count)
        }
      }
    },
  })
  new Counter({
    name: 'entrepot_sent_bytes_total',
    help: 'Bytes of bodies sent, by surface',
    labelNames: ['surface'],
    registers: [registry],
    collect() {
      this.reset()
      for (const [surface, { bytes }] of surfaces) this.inc({ surface }, bytes)
    },
  })
  return {
    traffic(surface) {
      const traffic = surfaces.get(surface) ?? { answers: [0, 0, 0, 0, 0, 0], bytes: 0 }
      surfaces.set(surface, traffic)
      return traffic
    },
    gauge(name, help, read) {
      new Gauge({
        ...{ name, help, registers: [registry] },
        collect() {
          this.set(read())
        },
      })
    },
    text: () => registry.metrics(),
    contentType: registry.contentType,
  }
}

/** Counts one answer. */
export function countAnswer(traffic: Traffic, status: number, bytes: number): void {
  const digit = Math.floor(status / 100) as 1 | 2 | 3 | 4 | 5
  traffic.answers[digit] += 1
  traffic.bytes += bytes
}
