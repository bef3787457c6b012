import { ApiError } from '@/server/api/client'
import type { Problem } from '@/server/http/schema'

interface Sending {
  url: string
  method?: 'PUT' | 'POST'
  /** Media type; the browser's guess otherwise. */
  type?: string
  file: File
  onProgress: (sent: number) => void
  signal: AbortSignal
}

/** Sends a file as the body of a request, telling how far it is, which `fetch` cannot. @throws ApiError with the server's words. */
export function sendFile({ url, method = 'PUT', type, file, onProgress, signal }: Sending): Promise<void> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest()
    request.upload.addEventListener('progress', ({ loaded }) => onProgress(loaded))
    request.addEventListener('load', () => {
      if (request.status < 300) resolve()
      else reject(refusalOf(request))
    })
    request.addEventListener('error', () => reject(new Error('The connection broke.')))
    request.addEventListener('abort', () => reject(new ApiError(499, 'cancelled', 'The upload was stopped.')))
    signal.addEventListener('abort', () => request.abort())
    request.open(method, url)
    request.setRequestHeader('content-type', type ?? (file.type || 'application/octet-stream'))
    request.send(file)
  })
}

function refusalOf({ status, responseText }: XMLHttpRequest): ApiError {
  const said = parsed(responseText)
  const detail = said.detail ?? `The server answered ${status}.`
  return new ApiError(status, said.code ?? 'internal', detail, said.fields, said.requestId)
}

/** A proxy in between may answer something that is no problem document. */
function parsed(text: string): Partial<Problem> {
  try {
    return JSON.parse(text)
  } catch (error) {
    if (error instanceof SyntaxError) return {}
    throw error
  }
}
