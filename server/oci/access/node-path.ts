/** As people write a node: `//sys/admin/images`; the root is `/`. */
export function writtenPath(path: string): string {
  return path === '' ? '/' : `//${path}`
}

/** The nodes from the root to this one, both included: `['', 'sys', 'sys/admin']`. */
export function nodesTo(path: string): string[] {
  const nodes = ['']
  if (path === '') return nodes
  for (let slash = path.indexOf('/'); slash >= 0; slash = path.indexOf('/', slash + 1)) {
    nodes.push(path.slice(0, slash))
  }
  nodes.push(path)
  return nodes
}

/** Whether the first node is above the second; no node is above itself. */
export function isAbove(node: string, path: string): boolean {
  if (node === '') return path !== ''
  return path.length > node.length && path.charCodeAt(node.length) === 47 && path.startsWith(node)
}
