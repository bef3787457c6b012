import type { Answer } from '@/server/http/answer'
import type { Eventually } from '@/server/http/eventually'
import { ambiguityOf } from '@/server/http/request-fields'
import { faultAnswer } from '@/server/oci/answers'
import type { Registry } from '@/server/oci/registry'
import type { RegistryRequest } from '@/server/oci/request'

/** Whether a target belongs to the registry's part of the paths. */
export function isRegistryTarget(target: string): boolean {
  return target.startsWith('/v2/') || target === '/v2' || target.startsWith('/v2?')
}

/** What `/v2/…` is answered. */
export function answerRegistry(
  request: RegistryRequest,
  registry: Pick<Registry, 'answer'>,
): Eventually<Answer> {
  const fault = ambiguityOf(request.fields)
  if (fault !== undefined) return faultAnswer('UNSUPPORTED', fault)
  return registry.answer(request)
}
