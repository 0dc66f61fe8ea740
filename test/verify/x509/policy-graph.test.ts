import { describe, expect, it } from 'vitest'
import {
  ANY_POLICY,
  addPolicies,
  applyMappings,
  constrainPolicies,
  isNull,
  startPolicyGraph,
} from '../../../src/verify/x509/policy-graph.ts'

describe('the policy graph', () => {
  it('gives what all certificates of a path allow, in the terms of the anchor', () => {
    const graph = startPolicyGraph()
    addPolicies(graph, ['1.1', '1.2'], true)
    applyMappings(graph, [{ issuerDomain: '1.1', subjectDomain: '2.1' }], true)
    addPolicies(graph, ['2.1'], true)
    expect(constrainPolicies(graph, [])).toEqual(['1.1'])
    expect(constrainPolicies(graph, ['1.2'])).toEqual([])
  })

  it('is null after a certificate without policies', () => {
    const graph = startPolicyGraph()
    addPolicies(graph, null, true)
    expect(isNull(graph)).toBe(true)
    expect(constrainPolicies(graph, [])).toEqual([])
  })

  it('takes any policy only where it counts', () => {
    const counted = startPolicyGraph()
    addPolicies(counted, ['1.1'], true)
    addPolicies(counted, [ANY_POLICY], true)
    expect(constrainPolicies(counted, [])).toEqual(['1.1'])
    const inhibited = startPolicyGraph()
    addPolicies(inhibited, ['1.1'], true)
    addPolicies(inhibited, [ANY_POLICY], false)
    expect(isNull(inhibited)).toBe(true)
  })

  it('drops a policy that is mapped where mapping is inhibited', () => {
    const graph = startPolicyGraph()
    addPolicies(graph, ['1.1', '1.2'], true)
    applyMappings(graph, [{ issuerDomain: '1.1', subjectDomain: '2.1' }], false)
    addPolicies(graph, ['1.2', '2.1'], true)
    expect(constrainPolicies(graph, [])).toEqual(['1.2'])
  })

  it('stays small where the tree of RFC 5280 grew with the power of the path', () => {
    const graph = startPolicyGraph()
    const policies = Array.from({ length: 40 }, (_, i) => `1.${i}`)
    const all = policies.flatMap((from) => policies.map((to) => ({ issuerDomain: from, subjectDomain: to })))
    for (let depth = 0; depth < 16; depth += 1) {
      addPolicies(graph, policies, true)
      applyMappings(graph, all, true)
    }
    expect(graph.levels.every((level) => level.size <= 40)).toBe(true)
    expect(constrainPolicies(graph, [])).toHaveLength(40)
  })
})
