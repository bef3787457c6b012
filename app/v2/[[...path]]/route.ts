import { answerGateway } from '@/server/gateway/web'

export const dynamic = 'force-dynamic'
export {
  answerGateway as DELETE,
  answerGateway as GET,
  answerGateway as HEAD,
  answerGateway as PATCH,
  answerGateway as POST,
  answerGateway as PUT,
}
