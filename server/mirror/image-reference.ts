/** Docker Hub as it is connected to, and as people and clients call it. */
export const DOCKER_HUB = 'registry-1.docker.io'
export const DOCKER_HUB_NAME = 'docker.io'

export interface ImageName {
  /** As it is connected to: host, and port unless it is 443. */
  registry: string
  repository: string
  digest: string
}

/** What clients are told to pull: `docker.io/library/debian@sha256:…`. */
export function referenceOf({ registry, repository, digest }: ImageName): string {
  return `${registry === DOCKER_HUB ? DOCKER_HUB_NAME : registry}/${repository}@${digest}`
}
