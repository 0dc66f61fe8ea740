#!/usr/bin/env node
// Starts itself on the Node that npm brought along where the machine's own is older than 24.
import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import module from 'node:module'
import { constants } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const NEEDED_MAJOR = 24

/** Gives the path of the Node ≥ 24 that optionalDependencies brought, or null. */
function findBroughtNode() {
  const name = process.platform === 'win32' ? 'node.exe' : 'node'
  for (let folder = dirname(fileURLToPath(import.meta.url)); ; folder = dirname(folder)) {
    const candidate = join(folder, 'node_modules', '.bin', name)
    if (existsSync(candidate)) return candidate
    if (folder === dirname(folder)) return null
  }
}

/**
 * Runs this very command on another Node, passing signals on, and ends as it ended. The channel between the two tells
 * the other when this one is killed: a gateway that nobody can see any more must not keep its ports.
 */
function runOn(node) {
  const stdio = ['inherit', 'inherit', 'inherit', 'ipc']
  const child = spawn(node, [fileURLToPath(import.meta.url), ...process.argv.slice(2)], { stdio })
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal))
  child.on('exit', (code, signal) => process.exit(code ?? 128 + (constants.signals[signal] ?? 0)))
}

if (Number(process.versions.node.split('.')[0]) >= NEEDED_MAJOR) {
  if (process.channel) {
    process.once('disconnect', () => process.kill(process.pid, 'SIGKILL'))
    process.channel.unref()
  }
  // Compiled code is kept beside the source, under the hands of whoever owns that; where it cannot be written, it is not.
  module.enableCompileCache(join(dirname(fileURLToPath(import.meta.url)), '..', '.compile-cache'))
  try {
    const { main } = await import('../dist/main.js')
    await main(process.argv.slice(2))
  } catch (fault) {
    if (fault?.code !== 'ERR_MODULE_NOT_FOUND') throw fault
    console.error(`poststempel: a package is missing, or it is not built: run 'npm ci' in the project's folder.`)
    console.error(`(${String(fault.message).split('\n')[0]}) [missing-package]`)
    process.exitCode = 2
  }
} else {
  const node = findBroughtNode()
  if (node) runOn(node)
  else {
    console.error(
      `poststempel needs Node ${NEEDED_MAJOR} or newer; this is ${process.versions.node}. ` +
        "Run 'npm ci' in the project's folder (it brings one along), or install Node 24.",
    )
    process.exit(2)
  }
}
