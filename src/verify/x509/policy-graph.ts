import type { PolicyMapping } from './extensions.ts'

export const ANY_POLICY = '2.5.29.32.0'

interface PolicyNode {
  readonly policy: string
  expected: ReadonlySet<string>
  readonly parents: readonly PolicyNode[]
}

type Level = Map<string, PolicyNode>

/**
 * The valid_policy_graph of RFC 9618 §5: one node per policy and depth, so that its size is the sum of what the
 * certificates say, where the tree of RFC 5280 grew with its power. An empty list of levels is NULL.
 */
export interface PolicyGraph {
  levels: Level[]
}

/** Gives the graph before the first certificate. */
export function startPolicyGraph(): PolicyGraph {
  const root: PolicyNode = { policy: ANY_POLICY, expected: new Set([ANY_POLICY]), parents: [] }
  return { levels: [new Map([[ANY_POLICY, root]])] }
}

export const isNull = (graph: PolicyGraph): boolean => graph.levels.length === 0

/** Takes a certificate's policies (null where it has none) and whether its anyPolicy counts; adds its level. */
export function addPolicies(graph: PolicyGraph, policies: readonly string[] | null, anyPolicyCounts: boolean): void {
  const above = graph.levels.at(-1)
  if (!above) return
  if (!policies) {
    graph.levels = []
    return
  }
  const expecting = new Map<string, PolicyNode[]>()
  for (const node of above.values()) {
    for (const policy of node.expected) {
      const nodes = expecting.get(policy)
      if (nodes) nodes.push(node)
      else expecting.set(policy, [node])
    }
  }
  const level: Level = new Map()
  const add = (policy: string, parents: readonly PolicyNode[]): void => {
    level.set(policy, { policy, expected: new Set([policy]), parents })
  }
  const anyAbove = above.get(ANY_POLICY)
  for (const policy of policies) {
    if (policy === ANY_POLICY) continue
    const parents = expecting.get(policy) ?? (anyAbove ? [anyAbove] : [])
    if (parents.length > 0) add(policy, parents)
  }
  if (policies.includes(ANY_POLICY) && anyPolicyCounts) {
    for (const [policy, parents] of expecting) if (!level.has(policy)) add(policy, parents)
  }
  graph.levels.push(level)
  prune(graph)
}

/** Applies PolicyMappings to the last level: mapping allowed, or each mapped policy deleted. RFC 9618 §5.4 */
export function applyMappings(graph: PolicyGraph, mappings: readonly PolicyMapping[], allowed: boolean): void {
  const level = graph.levels.at(-1)
  const above = graph.levels.at(-2)
  if (!level || !above) return
  const targets = Map.groupBy(mappings, (mapping) => mapping.issuerDomain)
  for (const [policy, to] of targets) {
    if (!allowed) {
      level.delete(policy)
      continue
    }
    const expected = new Set(to.map((mapping) => mapping.subjectDomain))
    const node = level.get(policy)
    const anyAbove = above.get(ANY_POLICY)
    if (node) node.expected = expected
    else if (level.has(ANY_POLICY) && anyAbove) level.set(policy, { policy, expected, parents: [anyAbove] })
  }
  prune(graph)
}

/** Drops every node without a child; a graph whose last level is empty is NULL. */
function prune(graph: PolicyGraph): void {
  for (let depth = graph.levels.length - 1; depth > 0; depth -= 1) {
    const level = graph.levels[depth]
    const above = graph.levels[depth - 1]
    if (!level || !above) continue
    const parents = new Set([...level.values()].flatMap((node) => node.parents))
    for (const node of above.values()) if (!parents.has(node)) above.delete(node.policy)
  }
  if (graph.levels.some((level) => level.size === 0)) graph.levels = []
}

/**
 * Gives the user-constrained-policy-set: what the path allows in the terms of the anchor's domain, cut to what the
 * user accepts (empty: any). RFC 9618 §5.6
 */
export function constrainPolicies(graph: PolicyGraph, userPolicies: readonly string[]): readonly string[] {
  const allowed = new Set<string>()
  for (const level of graph.levels.slice(1)) {
    for (const node of level.values()) {
      const fromAny = node.parents.some((parent) => parent.policy === ANY_POLICY)
      if (node.policy !== ANY_POLICY && fromAny) allowed.add(node.policy)
    }
  }
  const anyAtEnd = graph.levels.at(-1)?.has(ANY_POLICY) ?? false
  if (userPolicies.length === 0 || userPolicies.includes(ANY_POLICY)) {
    return anyAtEnd ? [...allowed, ANY_POLICY] : [...allowed]
  }
  return userPolicies.filter((policy) => anyAtEnd || allowed.has(policy))
}
