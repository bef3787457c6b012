import { createRoute } from '@hono/zod-openapi'
import { answers, apiArea, jsonBody } from '@/server/api/plumbing'
import { page } from '@/server/http/schema'
import { listClusters } from '@/server/oci/browse/list-clusters'
import { listManifests } from '@/server/oci/browse/list-manifests'
import { listNodes } from '@/server/oci/browse/list-nodes'
import { listRepositories } from '@/server/oci/browse/list-repositories'
import { listTags } from '@/server/oci/browse/list-tags'
import { listUploads } from '@/server/oci/browse/list-uploads'
import { readManifestDetail } from '@/server/oci/browse/read-manifest'
import { readRepository } from '@/server/oci/browse/read-repository'
import { changeRepository } from '@/server/oci/change-repository'
import { removeManifest, removeTag } from '@/server/oci/remove-manifest'
import { removeRepository } from '@/server/oci/remove-repository'
import {
  clusterParam,
  manifestDetail,
  manifestQuery,
  manifestReference,
  manifestRemoval,
  manifestSummary,
  nameQuery,
  nodeQuery,
  registryClusters,
  registryNode,
  removed,
  repositoryChange,
  repositoryChangeQuery,
  repositoryDetail,
  repositoryQuery,
  repositorySummary,
  tagQuery,
  tagRemoval,
  tagSummary,
  uploadQuery,
  uploadSummary,
} from '@/server/oci/schema'

const tags = ['Registry']

// Names of repositories have slashes, so they are in the query.
export const registryApi = apiArea()
  .openapi(
    createRoute({
      method: 'get',
      path: '/clusters',
      tags,
      summary: 'List the clusters with what they hold, the default first',
      responses: answers(200, registryClusters, 'The clusters'),
    }),
    async (c) => c.json({ items: await listClusters(c.var.ctx, c.var.actor) }, 200),
  )
  .openapi(
    createRoute({
      method: 'get',
      path: '/{cluster}/nodes',
      tags,
      summary: 'List the steps of the tree directly below a node',
      description: 'Those that you may read, or that have a repository below them that you may read.',
      request: { params: clusterParam, query: nodeQuery },
      responses: answers(200, page(registryNode), 'A page of nodes'),
    }),
    async (c) => {
      const query = { ...c.req.valid('param'), ...c.req.valid('query') }
      return c.json(await listNodes(c.var.ctx, c.var.actor, query), 200)
    },
  )
  .openapi(
    createRoute({
      method: 'get',
      path: '/{cluster}/repositories',
      tags,
      summary: 'List and search the repositories that you may read, by name',
      request: { params: clusterParam, query: repositoryQuery },
      responses: answers(200, page(repositorySummary), 'A page of repositories'),
    }),
    async (c) => {
      const query = { ...c.req.valid('param'), ...c.req.valid('query') }
      return c.json(await listRepositories(c.var.ctx, c.var.actor, query), 200)
    },
  )
  .openapi(
    createRoute({
      method: 'get',
      path: '/{cluster}/repository',
      tags,
      summary: 'Read one repository, and what you may do to it',
      request: { params: clusterParam, query: nameQuery },
      responses: answers(200, repositoryDetail, 'The repository'),
    }),
    async (c) => {
      const query = { ...c.req.valid('param'), ...c.req.valid('query') }
      return c.json(await readRepository(c.var.ctx, c.var.actor, query), 200)
    },
  )
  .openapi(
    createRoute({
      method: 'patch',
      path: '/{cluster}/repository',
      tags,
      summary: 'Set the options of a repository',
      description: 'Needs administer on its node.',
      request: { ...jsonBody(repositoryChange), params: clusterParam, query: repositoryChangeQuery },
      responses: answers(200, repositoryDetail, 'The repository'),
    }),
    async (c) => {
      const change = { ...c.req.valid('param'), ...c.req.valid('query'), ...c.req.valid('json') }
      return c.json(await changeRepository(c.var.ctx, c.var.actor, change), 200)
    },
  )
  .openapi(
    createRoute({
      method: 'get',
      path: '/{cluster}/tags',
      tags,
      summary: 'List and search the tags of a repository, in the order of the specification',
      request: { params: clusterParam, query: tagQuery },
      responses: answers(200, page(tagSummary), 'A page of tags'),
    }),
    async (c) => {
      const query = { ...c.req.valid('param'), ...c.req.valid('query') }
      return c.json(await listTags(c.var.ctx, c.var.actor, query), 200)
    },
  )
  .openapi(
    createRoute({
      method: 'get',
      path: '/{cluster}/manifests',
      tags,
      summary: 'List the manifests of a repository, newest first',
      request: { params: clusterParam, query: manifestQuery },
      responses: answers(200, page(manifestSummary), 'A page of manifests'),
    }),
    async (c) => {
      const query = { ...c.req.valid('param'), ...c.req.valid('query') }
      return c.json(await listManifests(c.var.ctx, c.var.actor, query), 200)
    },
  )
  .openapi(
    createRoute({
      method: 'get',
      path: '/{cluster}/manifest',
      tags,
      summary: 'Read one manifest by its digest or a tag: parts, platforms, referrers',
      request: { params: clusterParam, query: manifestReference },
      responses: answers(200, manifestDetail, 'The manifest'),
    }),
    async (c) => {
      const query = { ...c.req.valid('param'), ...c.req.valid('query') }
      return c.json(await readManifestDetail(c.var.ctx, c.var.actor, query), 200)
    },
  )
  .openapi(
    createRoute({
      method: 'get',
      path: '/{cluster}/uploads',
      tags,
      summary: 'List uploads under way, the newest first',
      request: { params: clusterParam, query: uploadQuery },
      responses: answers(200, page(uploadSummary), 'A page of uploads'),
    }),
    async (c) => {
      const query = { ...c.req.valid('param'), ...c.req.valid('query') }
      return c.json(await listUploads(c.var.ctx, c.var.actor, query), 200)
    },
  )
  .openapi(
    createRoute({
      method: 'delete',
      path: '/{cluster}/repository',
      tags,
      summary: 'Delete a repository with its tags and manifests',
      description: 'Needs remove on its node. Contents that other repositories have stay.',
      request: { params: clusterParam, query: repositoryChangeQuery },
      responses: answers(200, removed, 'The tags that are gone with it'),
    }),
    async (c) => {
      const removal = { ...c.req.valid('param'), ...c.req.valid('query') }
      return c.json(await removeRepository(c.var.ctx, c.var.actor, removal), 200)
    },
  )
  .openapi(
    createRoute({
      method: 'delete',
      path: '/{cluster}/tags',
      tags,
      summary: 'Delete a tag; what it led to stays',
      description: 'Needs remove on the node.',
      request: { params: clusterParam, query: tagRemoval },
      responses: answers(200, removed, 'The tags that are gone with it'),
    }),
    async (c) => {
      const removal = { ...c.req.valid('param'), ...c.req.valid('query') }
      return c.json(await removeTag(c.var.ctx, c.var.actor, removal), 200)
    },
  )
  .openapi(
    createRoute({
      method: 'delete',
      path: '/{cluster}/manifest',
      tags,
      summary: 'Delete a manifest and the tags that lead to it',
      description: 'Needs remove on the node.',
      request: { params: clusterParam, query: manifestRemoval },
      responses: answers(200, removed, 'The tags that are gone with it'),
    }),
    async (c) => {
      const removal = { ...c.req.valid('param'), ...c.req.valid('query') }
      return c.json(await removeManifest(c.var.ctx, c.var.actor, removal), 200)
    },
  )
