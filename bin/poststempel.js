#!/usr/bin/env node
// Starts itself on the Node that npm brought along where the machine's own is older than 24. Imports nothing before it
// knows that: a command that judges one file is done in less time than some of Node's modules take to load.
const NEEDED_MAJOR = 24
const args = process.argv.slice(2)

if (Number(process.versions.node.split('.')[0]) >= NEEDED_MAJOR) {
  if (process.channel) {
    process.once('disconnect', () => process.kill(process.pid, 'SIGKILL'))
    process.channel.unref()
  }
  // Compiled code is kept beside the source, under the hands of whoever owns that; where it cannot be written, it is not.
  process.getBuiltinModule('node:module').enableCompileCache(`${import.meta.dirname}/../.compile-cache`)
  try {
    const { main } = await import('../dist/main.js')
    await main(args)
  } catch (fault) {
    if (fault?.code !== 'ERR_MODULE_NOT_FOUND') throw fault
    console.error(`poststempel: a package is missing, or it is not built: run 'npm ci' in the project's folder.`)
    console.error(`(${String(fault.message).split('\n')[0]}) [missing-package]`)
    process.exitCode = 2
  }
} else {
  const { findBroughtNode, runOn } = await import('./brought-node.js')
  const { fileURLToPath } = await import('node:url')
  const node = findBroughtNode()
  if (node) runOn(node, fileURLToPath(import.meta.url), args)
  else {
    console.error(
      `poststempel needs Node ${NEEDED_MAJOR} or newer; this is ${process.versions.node}. ` +
        "Run 'npm ci' in the project's folder (it brings one along), or install Node 24.",
    )
    process.exit(2)
  }
}
