import { expect, it } from 'vitest'
import { countAnswer, openMetrics } from '@/server/http/metrics'

it('tells answers by surface and class, bytes, and what is read at the moment', async () => {
  const metrics = openMetrics()
  countAnswer(metrics.traffic('proxy'), 206, 10)
  countAnswer(metrics.traffic('proxy'), 200, 5)
  countAnswer(metrics.traffic('proxy'), 404, 0)
  let level = 1
  metrics.gauge('entrepot_level', 'A level', () => level)
  level = 7
  const text = await metrics.text()
  expect(text).toContain('entrepot_answers_total{surface="proxy",status="2xx"} 2')
  expect(text).toContain('entrepot_answers_total{surface="proxy",status="4xx"} 1')
  expect(text).toContain('entrepot_sent_bytes_total{surface="proxy"} 15')
  expect(text).toContain('entrepot_level 7')
  expect(await metrics.text()).toContain('status="2xx"} 2')
})
